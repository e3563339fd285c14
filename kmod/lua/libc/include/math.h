/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef LUA_LIBC_MATH_H
#define LUA_LIBC_MATH_H

typedef double double_t;
typedef float float_t;

#define HUGE_VAL	__builtin_huge_val()
#define INFINITY	__builtin_inff()
#define NAN		__builtin_nanf("")

#define isnan(x)	__builtin_isnan(x)
#define isinf(x)	__builtin_isinf(x)
#define isfinite(x)	__builtin_isfinite(x)
#define signbit(x)	__builtin_signbit(x)

/* one instruction each, with -fno-math-errno */
#define copysign(x, y)	__builtin_copysign(x, y)
#define fabs(x)		__builtin_fabs(x)
#define sqrt(x)		__builtin_sqrt(x)

#define acos	lua_libc_acos
#define asin	lua_libc_asin
#define atan	lua_libc_atan
#define atan2	lua_libc_atan2
#define ceil	lua_libc_ceil
#define cos	lua_libc_cos
#define exp	lua_libc_exp
#define floor	lua_libc_floor
#define fmod	lua_libc_fmod
#define frexp	lua_libc_frexp
#define log	lua_libc_log
#define log10	lua_libc_log10
#define log2	lua_libc_log2
#define pow	lua_libc_pow
#define scalbn	lua_libc_scalbn
#define sin	lua_libc_sin
#define tan	lua_libc_tan

double acos(double x);
double asin(double x);
double atan(double x);
double atan2(double y, double x);
double ceil(double x);
double cos(double x);
double exp(double x);
double floor(double x);
double fmod(double x, double y);
double frexp(double x, int *e);
double log(double x);
double log10(double x);
double log2(double x);
double pow(double x, double y);
double scalbn(double x, int n);
double sin(double x);
double tan(double x);

#define ldexp(x, n)	scalbn(x, n)

/* long double is double here: -mlong-double-64 */
#define copysignl(x, y)	copysign(x, y)
#define fabsl(x)	fabs(x)
#define fmodl(x, y)	fmod(x, y)
#define frexpl(x, e)	frexp(x, e)
#define scalbnl(x, n)	scalbn(x, n)

#endif
