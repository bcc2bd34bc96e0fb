namespace Streamgauge.Tests.System;

/// <summary>How far estimates may be off, as <c>docs/views.md</c> promises.</summary>
internal static class Bounds
{
    private const decimal StandardError = 0.01625m;
    private const decimal RelativeError = 0.01m;
    private const decimal Micro = 0.000001m;

    /// <summary>Within five standard errors, and one or two that fell on the same register: thousands of estimates are compared, so four would be left now and then.</summary>
    public static bool OfUnique(decimal exact, decimal told) => (exact == 0) == (told == 0) && Math.Abs(told - exact) <= 1.5m + (5 * StandardError * exact);

    /// <summary>Within one standard error, as two of three must be.</summary>
    public static bool OfUniqueMostly(decimal exact, decimal told) => Math.Abs(told - exact) <= 0.5m + (StandardError * exact);

    /// <summary>Within 1 %, and the millionth that is left when it is cut.</summary>
    public static bool OfQuantile(decimal exact, decimal told) => Math.Abs(told - exact) <= Math.Max(RelativeError * Math.Abs(exact), exact == 0 ? 0 : Micro);
}
