#include "CVersion.h"

#ifndef TGW_COMMIT
#define TGW_COMMIT ""
#endif

const char *tgw_commit(void) { return TGW_COMMIT; }
