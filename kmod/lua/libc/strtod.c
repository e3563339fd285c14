// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * strtod: decimal by musl's scanner, hexadecimal by our own. musl's rounds
 * hexadecimal numbers of more than 53 bits wrongly where long double is no wider
 * than double: "0x1.fffffffffffff7" becomes 2, for the bit that stands for the
 * digits left out comes to lie where a half does.
 */
#include <ctype.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "shgetc.h"
#include "floatscan.h"
#include "stdio_impl.h"

static double read_decimal(const char *s, char **end)
{
	FILE f;
	double x;
	off_t length;

	sh_fromstring(&f, s);
	shlim(&f, 0);
	x = __floatscan(&f, 1, 1);
	length = shcnt(&f);
	if (end)
		*end = (char *)s + length;
	return x;
}

static int hex_digit(char c)
{
	if (isdigit(c))
		return c - '0';
	return isxdigit(c) ? (c | 32) - 'a' + 10 : -1;
}

/* m * 2^e, to the nearest double, and to the even one of two */
static double scale(uint64_t m, int64_t e)
{
	int unused = m ? __builtin_clzll(m) : 0;
	uint64_t kept, rest, half;
	int64_t drop;

	m <<= unused;
	e -= unused;
	/* 53 bits of the 64 remain, fewer below the least normal number, 2^-1022 */
	drop = e < -1085 ? -1074 - e : 11;
	if (!m || drop > 64)
		return 0;
	if (e > 1023 - 63)
		return HUGE_VAL;
	half = 1ULL << (drop - 1);
	kept = m / half / 2;
	rest = m - kept * half * 2;
	if (rest > half || (rest == half && kept % 2))
		kept++;
	return scalbn((int64_t)kept, e + drop);
}

/* The exponent at *s, if there is one, clear of what e can be without it. */
static int64_t read_exponent(const char **s)
{
	const char *p = *s;
	int64_t e = 0;
	int is_negative;

	if ((*p | 32) != 'p')
		return 0;
	p++;
	is_negative = *p == '-';
	if (*p == '-' || *p == '+')
		p++;
	if (!isdigit(*p))
		return 0;
	for (; isdigit(*p); p++)
		if (e < INT64_MAX / 100)
			e = e * 10 + (*p - '0');
	*s = p;
	return is_negative ? -e : e;
}

/* s is behind the 0x and has a digit */
static double read_hexadecimal(const char *s, char **end)
{
	uint64_t m = 0;
	int64_t e = 0;
	int has_point = 0;
	int digit;

	for (;; s++) {
		if (*s == '.' && !has_point) {
			has_point = 1;
			continue;
		}
		digit = hex_digit(*s);
		if (digit < 0)
			break;
		/* no room: more than 60 bits; all beyond only tell above from exactly */
		if (m >> 60) {
			m |= digit != 0;
			e += 4;
		} else {
			m = m * 16 + digit;
		}
		if (has_point)
			e -= 4;
	}
	e += read_exponent(&s);
	if (end)
		*end = (char *)s;
	return scale(m, e);
}

static int is_hexadecimal(const char *s)
{
	return s[0] == '0' && (s[1] | 32) == 'x' &&
	       (isxdigit(s[2]) || (s[2] == '.' && isxdigit(s[3])));
}

double strtod(const char *s, char **end)
{
	const char *p = s;
	int is_negative;
	double x;

	while (isspace(*p))
		p++;
	is_negative = *p == '-';
	if (*p == '-' || *p == '+')
		p++;
	if (!is_hexadecimal(p))
		return read_decimal(s, end);
	x = read_hexadecimal(p + 2, end);
	return is_negative ? -x : x;
}
