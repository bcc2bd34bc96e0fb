namespace Streamgauge.Views;

/// <summary>Why a query is refused.</summary>
/// <param name="Parameter">The part of the query to change: <c>from</c>, <c>to</c>, <c>step</c>, <c>tz</c>, <c>window</c>, <c>group</c>, <c>where</c>, <c>top</c>, <c>order</c>, <c>compare</c>, <c>measures</c>.</param>
/// <param name="Message">What is wrong, the numbers, and what to ask instead.</param>
public sealed record QueryFault(string Parameter, string Message);
