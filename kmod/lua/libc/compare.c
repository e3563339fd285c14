// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Holds the kernel's C library against the host's: the same sources, compiled
 * with the same flags, linked here under their own names beside glibc.
 *
 * Text to number and back must agree to the last byte. A function's result may
 * be the neighbour of the right one, for which the host's functions of 64 bits
 * stand in, rounded.
 *
 *	compare [COUNT [SEED]]
 */
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int lua_libc_snprintf(char *s, size_t n, const char *fmt, ...);
double lua_libc_strtod(const char *s, char **end);
double lua_libc_acos(double x);
double lua_libc_asin(double x);
double lua_libc_atan(double x);
double lua_libc_atan2(double y, double x);
double lua_libc_ceil(double x);
double lua_libc_cos(double x);
double lua_libc_exp(double x);
double lua_libc_floor(double x);
double lua_libc_fmod(double x, double y);
double lua_libc_frexp(double x, int *e);
double lua_libc_log(double x);
double lua_libc_log10(double x);
double lua_libc_log2(double x);
double lua_libc_pow(double x, double y);
double lua_libc_scalbn(double x, int n);
double lua_libc_sin(double x);
double lua_libc_tan(double x);

enum { SHOWN = 20, TEXT = 2048 };

static unsigned long failures;

#define FAIL(...) do { \
	if (failures++ < SHOWN) { \
		printf("differs: " __VA_ARGS__); \
		putchar('\n'); \
	} \
} while (0)

static uint64_t seed;

/* splitmix64 */
static uint64_t random64(void)
{
	uint64_t z = seed += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static unsigned int below(unsigned int n)
{
	return random64() % n;
}

static double from_bits(uint64_t bits)
{
	double x;

	memcpy(&x, &bits, sizeof(x));
	return x;
}

static uint64_t to_bits(double x)
{
	uint64_t bits;

	memcpy(&bits, &x, sizeof(bits));
	return bits;
}

/* Every bit pattern, and more often those that scripts and halfway cases have. */
static double random_double(void)
{
	double x = (int64_t)random64();

	switch (below(8)) {
	case 0:
		return x;
	case 1:
		return (double)((int64_t)random64() >> (32 + below(31)));
	case 2:
		return (double)((int64_t)random64() >> 40) / 1000;
	case 3:
		return ((double)((int64_t)random64() >> 50)) + 0.5;
	case 4:
		return ldexp(1, (int)below(2098) - 1074);
	case 5:
		return from_bits(random64() & ~(0x7ffULL << 52) | (uint64_t)below(3) << 52);
	case 6:
		return x / 0x1p63;
	default:
		return from_bits(random64());
	}
}

static bool is_subnormal(double x)
{
	return x != 0 && fabs(x) < DBL_MIN;
}

#define SAME_TEXT(fmt, ...) do { \
	char ours[TEXT], theirs[TEXT]; \
	int our_length, their_length; \
 \
	our_length = lua_libc_snprintf(ours, sizeof(ours), fmt, __VA_ARGS__); \
	their_length = snprintf(theirs, sizeof(theirs), fmt, __VA_ARGS__); \
	if (our_length != their_length || strcmp(ours, theirs)) \
		FAIL("%s: \"%s\", not \"%s\"", fmt, ours, theirs); \
} while (0)

/* %a has several right answers: what counts is the number it stands for. */
static void check_hex(const char *fmt, double x, double within)
{
	char ours[TEXT];
	long double back;

	lua_libc_snprintf(ours, sizeof(ours), fmt, x);
	back = strtold(ours, NULL);
	if (isnan(x) ? !isnan(back) : !(back == x || fabsl(back - x) <= fabsl(x * within)))
		FAIL("%s of %.17g: \"%s\"", fmt, x, ours);
}

static void check_float_formats(double x)
{
	static const char *const formats[] = {
		"%.14g", "%.17g", "%e", "%f", "%g", "%.0f", "%.0e", "%.1f", "%.3f",
		"%10.3f", "%-25.10e|", "%+.3g", "%#.5g", "% 020.5f", "%.40f",
		"%30.20g", "%G", "%E", "%.99f", "%99.99g", "%+-40.15e|",
	};

	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++)
		SAME_TEXT(formats[i], x);
	if (is_subnormal(x))
		check_hex("%a", x, 0);
	else
		SAME_TEXT("%a", x);
	SAME_TEXT("%A", is_subnormal(x) ? 0.0 : x);
	check_hex("%.3a", x, 0x1p-13);
	check_hex("%+30.20a", x, 0);
}

static void check_other_formats(void)
{
	static const char *const formats[] = {
		"%lld", "%5lld|", "%-12lld|", "%+lld", "% lld", "%012lld", "%.10lld",
		"%llx", "%#llX", "%llo", "%#20llo", "%llu", "%.0lld", "%25.20lli",
	};
	long long n = (int64_t)random64() >> below(64);
	char text[32];
	unsigned int i;

	for (i = 0; i < sizeof(formats) / sizeof(*formats); i++)
		SAME_TEXT(formats[i], n);
	for (i = 0; i < below(sizeof(text)); i++)
		text[i] = ' ' + below(95);
	text[i] = '\0';
	SAME_TEXT("%s", text);
	SAME_TEXT("%20.5s|%-20s|%.3s", text, text, text);
	SAME_TEXT("%c%5c%-5c|", text[0], 'x', 'y');
	SAME_TEXT("100%%%d%i%p", (int)n, (int)n, (void *)(uintptr_t)(n | 1));
}

static void check_truncation(double x)
{
	char ours[16], theirs[16];
	size_t n = below(sizeof(ours));

	memset(ours, 'z', sizeof(ours));
	memset(theirs, 'z', sizeof(theirs));
	if (lua_libc_snprintf(ours, n, "<%.17g>", x) != snprintf(theirs, n, "<%.17g>", x) ||
	    memcmp(ours, theirs, sizeof(ours)))
		FAIL("%.17g cut at %zu", x, n);
}

static void check_strtod(const char *text)
{
	char *our_end, *their_end;
	double ours = lua_libc_strtod(text, &our_end);
	double theirs = strtod(text, &their_end);

	if (our_end != their_end || (to_bits(ours) != to_bits(theirs) &&
				     !(isnan(ours) && isnan(theirs))))
		FAIL("strtod(\"%.60s\"): %a, %td taken, not %a, %td", text, ours,
		     our_end - text, theirs, their_end - text);
}

static char *put_digits(char *s, unsigned int count, const char *digits, unsigned int base)
{
	unsigned int point = below(count + 2);

	for (unsigned int i = 0; i < count; i++) {
		if (i == point)
			*s++ = '.';
		*s++ = digits[below(base)];
	}
	return s;
}

static void check_random_text(void)
{
	static const char *const signs[] = { "", "-", "+", " ", "\t-" };
	unsigned int length = below(20) ? 1 + below(40) : 1 + below(900);
	char text[TEXT], *s = text;

	s += sprintf(s, "%s", signs[below(5)]);
	if (below(3)) {
		s = put_digits(s, length, "0123456789", 10);
		if (below(2))
			s += sprintf(s, "e%d", (int)below(700) - 350);
	} else {
		s += sprintf(s, "0x");
		s = put_digits(s, length % 40 + 1, "0123456789abcdefABCDEF", 22);
		if (below(2))
			s += sprintf(s, "p%d", (int)below(2400) - 1200);
	}
	*s = '\0';
	check_strtod(text);
}

/* What reads back, and the exact middle between two doubles: to even, or past it. */
static void check_near(double x)
{
	char text[TEXT];
	long double middle;

	if (!isfinite(x) || fabs(x) > DBL_MAX / 2)
		return;
	snprintf(text, sizeof(text), "%.17g", x);
	check_strtod(text);
	snprintf(text, sizeof(text), "%.14g", x);
	check_strtod(text);
	middle = ((long double)x + nextafter(x, INFINITY)) / 2;
	snprintf(text, sizeof(text), "%.1100Lg", middle);
	check_strtod(text);
	if (!strchr(text, 'e') && strchr(text, '.')) {
		strcat(text, "00000000000000000001");
		check_strtod(text);
	}
}

static void check_odd_text(void)
{
	static const char *const texts[] = {
		"", " ", "-", "+", ".", "-.", "e5", ".e5", "1e", "1e+", "1e-", "1.", ".5",
		"0x", "0x.", "0x.p1", "0x1p", "0x1p+", "0xg", "0x.8", "0x8.", "1e99999",
		"1e-99999", "1e999999999999999999999", "-1e-999999999999999999999", "inf",
		"-infinity", "infinit", "nan", "nan()", "0e999999999", "0x0p99999999999",
		"00000000000000000000000000001", "1_000", "1,5", "0x1p-1074", "0x1p-1075",
		"0x1.8p-1075", "4.9e-324", "2.4703282292062327e-324",
		"2.4703282292062328e-324", "1.7976931348623157e308",
		"1.7976931348623158e308", "1.7976931348623159e308", "0x1.fffffffffffffp1023",
		"0x1.fffffffffffff7p1023", "0x1.fffffffffffff8p1023", "0x1.00000004000001p-1044",
		"0x1.fffffffffffff7", "0x1.00000006000001p-1044", "0x1.00000006p-1044", "9007199254740993",
		"9007199254740993.0000000000000000000000000000000000000000000000000001",
		"2.2250738585072011e-308", "\f\v1", "- 1", "0x-1", "--1", "1e5e5",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		check_strtod(texts[i]);
}

static double ulp_of(long double x)
{
	double y = fabs((double)x);

	return y < DBL_MAX ? nextafter(y, INFINITY) - y : 0x1p971;
}

struct function {
	const char *name;
	double (*ours)(double x);
	long double (*theirs)(long double x);
	double most;
};

static struct function functions[] = {
	{ "acos", lua_libc_acos, acosl },
	{ "asin", lua_libc_asin, asinl },
	{ "atan", lua_libc_atan, atanl },
	{ "ceil", lua_libc_ceil, ceill },
	{ "cos", lua_libc_cos, cosl },
	{ "exp", lua_libc_exp, expl },
	{ "floor", lua_libc_floor, floorl },
	{ "log", lua_libc_log, logl },
	{ "log10", lua_libc_log10, log10l },
	{ "log2", lua_libc_log2, log2l },
	{ "sin", lua_libc_sin, sinl },
	{ "tan", lua_libc_tan, tanl },
};

static struct function2 {
	const char *name;
	double (*ours)(double x, double y);
	long double (*theirs)(long double x, long double y);
	double most;
} functions2[] = {
	{ "atan2", lua_libc_atan2, atan2l },
	{ "fmod", lua_libc_fmod, fmodl },
	{ "pow", lua_libc_pow, powl },
};

#define NFUNCTIONS (sizeof(functions) / sizeof(*functions))
#define NFUNCTIONS2 (sizeof(functions2) / sizeof(*functions2))

/* How many doubles lie between; zeros of either sign count as one. */
static uint64_t distance(double a, double b)
{
	uint64_t m = to_bits(fabs(a)), n = to_bits(fabs(b));

	if (!signbit(a) != !signbit(b))
		return m + n;
	return m > n ? m - n : n - m;
}

static bool is_within_ulp(double ours, long double theirs, double *most)
{
	double off;

	if (isnan(ours) || isnan(theirs))
		return isnan(ours) && isnan(theirs);
	if (isfinite(ours) && fabsl(theirs) <= DBL_MAX) {
		off = fabsl(ours - theirs) / ulp_of(theirs);
		if (off > *most)
			*most = off;
	}
	return distance(ours, theirs) <= 1 && !signbit(ours) == !signbit(theirs);
}

static void check_functions(double x, double y)
{
	double ours;
	int our_e = 0, their_e = 0;

	for (size_t i = 0; i < NFUNCTIONS; i++) {
		struct function *f = &functions[i];

		ours = f->ours(x);
		if (!is_within_ulp(ours, f->theirs(x), &f->most))
			FAIL("%s(%a): %a, not %La", f->name, x, ours, f->theirs(x));
	}
	for (size_t i = 0; i < NFUNCTIONS2; i++) {
		struct function2 *f = &functions2[i];

		ours = f->ours(x, y);
		if (!is_within_ulp(ours, f->theirs(x, y), &f->most))
			FAIL("%s(%a, %a): %a, not %La", f->name, x, y, ours, f->theirs(x, y));
	}
	ours = lua_libc_frexp(x, &our_e);
	if (isfinite(x) && (ours != frexp(x, &their_e) || our_e != their_e))
		FAIL("frexp(%a): %a, %d", x, ours, our_e);
	our_e = (int)below(4400) - 2200;
	ours = lua_libc_scalbn(x, our_e);
	if (!isnan(x) && to_bits(ours) != to_bits(scalbn(x, our_e)))
		FAIL("scalbn(%a, %d): %a", x, our_e, ours);
}

/* Where most functions have their interesting part, and everywhere else. */
static double random_argument(void)
{
	double x = (int64_t)random64() / 0x1p63;

	switch (below(4)) {
	case 0:
		return x;
	case 1:
		return x * 40;
	case 2:
		return x * 720;
	default:
		return random_double();
	}
}

static void check_special_arguments(void)
{
	static const double special[] = {
		0, -0.0, 1, -1, 0.5, -0.5, 2, -2, 3, -3, 1e22, -1e22, 1e300, 4503599627370497.5,
		INFINITY, -INFINITY, NAN, DBL_MAX, -DBL_MAX, DBL_MIN, DBL_TRUE_MIN, -DBL_TRUE_MIN,
	};
	const size_t n = sizeof(special) / sizeof(*special);

	for (size_t i = 0; i < n; i++) {
		check_float_formats(special[i]);
		for (size_t j = 0; j < n; j++)
			check_functions(special[i], special[j]);
	}
}

static void print_summary(unsigned long count)
{
	printf("most units in the last place off:");
	for (size_t i = 0; i < NFUNCTIONS; i++)
		printf(" %s %.3f", functions[i].name, functions[i].most);
	for (size_t i = 0; i < NFUNCTIONS2; i++)
		printf(" %s %.3f", functions2[i].name, functions2[i].most);
	printf("\ncompare: %lu random numbers, %lu differences\n", count, failures);
}

int main(int argc, char **argv)
{
	unsigned long count = argc > 1 ? strtoul(argv[1], NULL, 0) : 1000000;

	seed = argc > 2 ? strtoull(argv[2], NULL, 0) : 1;
	check_odd_text();
	check_special_arguments();
	for (unsigned long i = 0; i < count; i++) {
		double x = random_double();

		check_float_formats(x);
		check_truncation(x);
		check_other_formats();
		check_random_text();
		check_near(x);
		check_functions(random_argument(), random_argument());
	}
	print_summary(count);
	return failures != 0;
}
