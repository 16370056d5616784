// What `plimsoll trace` and the library that it preloads into other programs agree on.
//
// The command makes a file in memory, which has no name to be left behind, and tells the library by environment where to
// find it: /proc/PID/fd/N. Each process appends records to it, every one with a single write, which the kernel does not
// mix with others':
//
//     started PID PATH          a process has the library; PATH is its executable
//     opened PID PATH           it has opened the module
//     refused PID WHY           it is not recorded
//     report PID LENGTH JSON    a load, or the process's life since it opened the module; JSON has LENGTH bytes
//
// A record ends with a newline. What is cut off, because a process was killed, has no newline or not LENGTH bytes.
#pragma once

namespace plimsoll::regress::trace_protocol {

inline constexpr const char* log_variable = "PLIMSOLL_TRACE_LOG";        // path of the log
inline constexpr const char* module_variable = "PLIMSOLL_TRACE_MODULE";  // path of the module
inline constexpr const char* tier_variable = "PLIMSOLL_TRACE_TIER";      // `fast` or `full`

}  // namespace plimsoll::regress::trace_protocol
