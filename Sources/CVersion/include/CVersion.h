#ifndef TGW_VERSION_H
#define TGW_VERSION_H

/// The commit that the program was built from, such as "4feab73a90c1" or "4feab73a90c1-dirty"; empty when the build was
/// not told (TGWORKER_COMMIT).
const char *tgw_commit(void);

#endif
