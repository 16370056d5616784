/* A library that is no engine. */
int no_engine(void) { return 1; }
