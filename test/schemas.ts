// SPDX-License-Identifier: MIT
// JSON that was printed, against the schemas of man/schema. They are open, so that a program that holds one goes on when
// a later release adds a key; here they are closed: what is printed is to be described.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js'

const FOLDER = 'man/schema'

/** Names of schemas, without `.json`. */
export const SCHEMAS: readonly string[] = readdirSync(FOLDER).map((file) => file.replace(/\.json$/, ''))

let loaded: Ajv2020 | undefined

function validators(): Ajv2020 {
  if (loaded) return loaded
  const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false, allErrors: true })
  for (const name of SCHEMAS) {
    // ajv checks it against JSON Schema's own.
    const schema = schemaOf(name)
    ajv.addSchema(name === 'common' ? withClosedParts(schema) : closed(schema))
  }
  loaded = ajv
  return ajv
}

/** Nothing but what it describes, here and in what it holds. */
function closed(schema: AnySchemaObject): AnySchemaObject {
  return { ...withClosedParts(schema), unevaluatedProperties: false }
}

/** Definitions and alternatives are left open by themselves: documents add keys to them. */
function withClosedParts(schema: AnySchemaObject): AnySchemaObject {
  const copy = { ...schema }
  for (const [key, close] of [['properties', closedPart], ['$defs', withClosedParts]] as const) {
    const parts = copy[key] as Record<string, AnySchemaObject> | undefined
    if (parts) copy[key] = Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, close(part)]))
  }
  for (const key of ['oneOf', 'anyOf']) {
    if (copy[key]) copy[key] = (copy[key] as AnySchemaObject[]).map(withClosedParts)
  }
  if (copy['items']) copy['items'] = closedPart(copy['items'] as AnySchemaObject)
  return copy
}

function closedPart(part: AnySchemaObject): AnySchemaObject {
  const isObject = 'properties' in part || /#\/\$defs\/(state|change|page)$/.test(String(part['$ref']))
  return isObject && !('additionalProperties' in part) ? closed(part) : withClosedParts(part)
}

/** `page-read` for `page read` */
export function schemaOfCommand(name: string): string {
  return name.replaceAll(' ', '-')
}

/** Every line of a text is a document that the schema of this name describes, and there is one at least. */
export function fitsSchema(name: string, text: string): void {
  assert.match(text, /^(\{.*\}\n)+$/, `${name}: not a document on each line`)
  for (const line of text.trimEnd().split('\n')) {
    const problems = problemsWith(name, JSON.parse(line))
    assert.equal(problems, '', `${name}: ${line}`)
  }
}

/** What a schema says against a document; empty for nothing. */
export function problemsWith(name: string, document: unknown): string {
  const ajv = validators()
  const validate = ajv.getSchema(`${name}.json`)
  assert.ok(validate, `there is no schema ${name}`)
  return validate(document) === true ? '' : ajv.errorsText(validate.errors)
}

export function schemaOf(name: string): AnySchemaObject {
  return JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8')) as AnySchemaObject
}
