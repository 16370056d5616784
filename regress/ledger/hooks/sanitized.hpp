// Whether a sanitizer owns malloc and operator new in this build. The preprocessor has to know, because then they must
// not be defined: hence the only macro here.
#pragma once

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || defined(__SANITIZE_HWADDRESS__)
#define PLIMSOLL_SANITIZER_OWNS_HEAP 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(hwaddress_sanitizer) || __has_feature(memory_sanitizer) || \
    __has_feature(thread_sanitizer)
#define PLIMSOLL_SANITIZER_OWNS_HEAP 1
#endif
#endif
#if !defined(PLIMSOLL_SANITIZER_OWNS_HEAP)
#define PLIMSOLL_SANITIZER_OWNS_HEAP 0
#endif
