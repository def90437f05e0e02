/** What the program remembers between two starts. */
@org.jspecify.annotations.NullMarked
package org.infd.app.settings;
