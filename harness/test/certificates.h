/* The certificates of fixtures/certs for tests, in a temporary directory. */
#ifndef MQTTSPEC_TEST_CERTIFICATES_H
#define MQTTSPEC_TEST_CERTIFICATES_H

/* Unchecked fixtures: once before and after the tests of a case. */
void certificates_make(void);
void certificates_remove(void);

/* The path of a file of theirs, such as "ca.pem". Valid for the next seven
 * calls. */
const char *certificates_path(const char *name);

#endif
