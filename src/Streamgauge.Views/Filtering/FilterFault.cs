namespace Streamgauge.Views;

/// <summary>Why a text is no filter.</summary>
/// <param name="Position">Where, in characters from 0; the length of the text when something is missing at its end.</param>
/// <param name="Message">What was found there and what is allowed.</param>
public sealed record FilterFault(int Position, string Message);
