using System.Diagnostics;
using OpenTelemetry.Trace;

namespace Coordinator.Silo;

/// <summary>
/// Decides by the trace's id alone, so that all of a competition is traced or nothing, in every process and after every restart. A span inside of
/// another follows it. What nobody asked for, such as polling and ticks, begins no trace.
/// </summary>
internal sealed class WorkSampler(double ratio) : Sampler
{
    private readonly TraceIdRatioBasedSampler _byId = new(ratio);

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters)
    {
        var parent = samplingParameters.ParentContext;
        return parent.TraceId == default ? new SamplingResult(SamplingDecision.Drop)
            : parent.SpanId == default ? _byId.ShouldSample(samplingParameters)
            : new SamplingResult((parent.TraceFlags & ActivityTraceFlags.Recorded) != 0 ? SamplingDecision.RecordAndSample : SamplingDecision.Drop);
    }
}
