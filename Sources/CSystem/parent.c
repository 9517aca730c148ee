#include "CSystem.h"

#include <signal.h>
#include <sys/prctl.h>

int weft_terminate_with_parent(void) { return prctl(PR_SET_PDEATHSIG, SIGTERM); }
