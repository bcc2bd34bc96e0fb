using Streamgauge.TestKit;

namespace Streamgauge.Tests.System;

/// <summary>A test that needs the sample; skipped, with the remedy, where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SampleFactAttribute : FactAttribute
{
    public SampleFactAttribute()
    {
        if (SampleFile.Find() is null) Skip = SampleFile.Missing;
    }
}
