using System.Globalization;

namespace Streamgauge.Serving;

/// <summary>How far a client of the pipeline's stream is: the <c>id</c> of its last event.</summary>
internal readonly record struct PipelinePosition(string Incarnation, DateTimeOffset Point)
{
    public static bool TryParse(string? text, out PipelinePosition position)
    {
        position = default;
        if (text?.Split('-') is not [var incarnation, var seconds] || !long.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var unix)) return false;
        if (unix > DateTimeOffset.MaxValue.ToUnixTimeSeconds()) return false;
        position = new PipelinePosition(incarnation, DateTimeOffset.FromUnixTimeSeconds(unix));
        return true;
    }

    public override string ToString() => $"{Incarnation}-{Point.ToUnixTimeSeconds()}";
}
