package org.infd.acceptance;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Keeps the arrows between modules and packages pointing down. */
class ArchitectureTest {
  private static final String ENGINE = "org.infd.inference.";
  private static JavaClasses classes;

  @BeforeAll
  static void read() {
    classes =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("org.infd.inference", "org.infd.exporter", "org.infd.app");
  }

  @Test
  void modulesPointDown() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("app")
        .definedBy("org.infd.app..")
        .layer("exporter")
        .definedBy("org.infd.exporter..")
        .layer("inference")
        .definedBy("org.infd.inference..")
        .whereLayer("app")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("exporter")
        .mayOnlyBeAccessedByLayers("app")
        .check(classes);
  }

  @Test
  void enginePackagesPointDown() {
    // each may use those after it
    String[] order = {
      "generation",
      "export",
      "guidance",
      "field",
      "diffusion",
      "text",
      "bundle",
      "runtime",
      "tensor"
    };
    for (int lower = 1; lower < order.length; lower++) {
      for (int upper = 0; upper < lower; upper++) {
        noClasses()
            .that()
            .resideInAPackage(ENGINE + order[lower] + "..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(ENGINE + order[upper] + "..")
            .allowEmptyShould(true)
            .check(classes);
      }
    }
    noClasses()
        .that()
        .resideInAPackage(ENGINE + "diffusion..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(ENGINE + "field..")
        .orShould()
        .dependOnClassesThat()
        .resideInAPackage(ENGINE + "text..")
        .check(classes);
    noClasses()
        .that()
        .resideInAPackage(ENGINE + "field..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(ENGINE + "diffusion..")
        .check(classes);
  }

  @Test
  void packagesHaveNoCycles() {
    SlicesRuleDefinition.slices()
        .matching("org.infd.(*).(*)..")
        .should()
        .beFreeOfCycles()
        .check(classes);
  }

  @Test
  void onlyRuntimeSeesOnnxRuntime() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ENGINE + "runtime..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("ai.onnxruntime..")
        .check(classes);
  }

  @Test
  void onlyTheAppSeesJavaFx() {
    noClasses()
        .that()
        .resideOutsideOfPackage("org.infd.app..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("javafx..", "javax.swing..", "java.awt.event..")
        .check(classes);
  }

  @Test
  void theCommandLineNeedsNoWindow() {
    noClasses()
        .that()
        .resideInAPackage("org.infd.app.cli..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("javafx..")
        .allowEmptyShould(true)
        .check(classes);
  }
}
