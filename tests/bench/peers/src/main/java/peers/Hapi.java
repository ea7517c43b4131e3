package peers;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.hl7.fhir.r4.fhirpath.ExpressionNode;
import org.hl7.fhir.r4.fhirpath.FHIRPathEngine;
import org.hl7.fhir.r4.hapi.ctx.HapiWorkerContext;
import org.hl7.fhir.r4.model.Base;

/** Hapi FILE EXPRESSION: what bench_fhirpath does, with HAPI's engine. Prints result, median and best microseconds. */
public final class Hapi {
    private static final int BATCHES = 60;
    private static final double BATCH_S = 0.02, WARM_S = 12;

    private static FHIRPathEngine engine;
    private static Base resource;
    private static ExpressionNode expression;
    private static long kept;

    private static double batch(double seconds) {
        long began = System.nanoTime(), took, n = 0;
        do {
            for (int i = 0; i < 100; i++)
                kept += engine.evaluate(resource, expression).size();
            n += 100;
            took = System.nanoTime() - began;
        } while (took < seconds * 1e9);
        return took / 1e3 / n;
    }

    public static void main(String[] args) throws Exception {
        FhirContext context = FhirContext.forR4();
        double[] us = new double[BATCHES];

        engine = new FHIRPathEngine(new HapiWorkerContext(context, new DefaultProfileValidationSupport(context)));
        resource = (Base) context.newJsonParser().parseResource(Files.readString(Path.of(args[0])));
        expression = engine.parse(args[1]);
        List<Base> result = engine.evaluate(resource, expression);
        batch(WARM_S);
        for (int i = 0; i < BATCHES; i++)
            us[i] = batch(BATCH_S);
        Arrays.sort(us);
        System.out.printf("%s %.4f %.4f%n", result.stream().map(Base::primitiveValue).collect(Collectors.joining(",")), us[BATCHES / 2], us[0]);
    }
}
