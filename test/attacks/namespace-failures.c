// SPDX-License-Identifier: MIT
/*
 *	namespace-failures FIRST STEP
 *
 * Makes network namespaces, and has an allocation of the kernel's fail (starve.h) meanwhile: first the FIRST, then the one
 * STEP after it, and so on until there is a namespace with none left to fail. Most of them are the kernel's own, and so are
 * the words of a refusal; the modules' lie somewhere among them. Prints how many namespaces there were not.
 */
#include <err.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

#include "starve.h"

/* Returns whether the nth allocation failed; and whether that left no namespace. */
static bool round_of(unsigned int nth, bool *refused)
{
	bool failed;

	starve(nth);
	*refused = unshare(CLONE_NEWNET) != 0;
	failed = starved();
	if (*refused && !failed)
		err(1, "failure %u", nth);
	return failed;
}

int main(int argc, char **argv)
{
	unsigned int step = argc == 3 ? (unsigned int)strtoul(argv[2], NULL, 10) : 0;
	unsigned int refusals = 0;
	bool refused;

	if (!step)
		errx(2, "usage: namespace-failures FIRST STEP");
	starve_prepare(true);
	for (unsigned int nth = (unsigned int)strtoul(argv[1], NULL, 10); round_of(nth, &refused); nth += step)
		refusals += refused;
	printf("%u\n", refusals);
	return 0;
}
