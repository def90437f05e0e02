/** Model bundles: manifest, hashes, the catalog of installed models. */
@org.jspecify.annotations.NullMarked
package org.infd.inference.bundle;
