/* SPDX-License-Identifier: MIT */
/*
 * The C library's header, whatever was included before: Linux's abs() is a macro, behind
 * which the library could not declare its own.
 */
#pragma push_macro("abs")
#undef abs
#include_next <stdlib.h>
#pragma pop_macro("abs")
