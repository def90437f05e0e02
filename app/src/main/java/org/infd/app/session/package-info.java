/** What the user was doing, kept while they do it, so that a crash takes nothing away. */
@org.jspecify.annotations.NullMarked
package org.infd.app.session;
