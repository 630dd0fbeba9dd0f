/* SPDX-License-Identifier: MIT */
/*
 * For the compiler's -include, where snapshots are wanted (host/snapshot.h): variables of the
 * files that it is given for lie side by side. clang alone knows such sections; the address
 * sanitizer still watches over what lies there.
 */
#ifndef _HOST_STATE_H
#define _HOST_STATE_H

#ifdef __clang__
#pragma clang section bss = "machine_bss" data = "machine_data"
#endif

#endif /* _HOST_STATE_H */
