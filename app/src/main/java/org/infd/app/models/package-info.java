/** The models of this machine, their samples, and how models are checked, imported and removed. */
@org.jspecify.annotations.NullMarked
package org.infd.app.models;
