/** Readers of files under a fuzzer that learns which bytes lead where; see CONTRIBUTING.md. */
@org.jspecify.annotations.NullMarked
package org.infd.fuzz;
