using Streamgauge.TestKit;

namespace Streamgauge.Drills.Tests;

/// <summary>docs/reliability.md shows the fault matrix as the program lists it.</summary>
public class MatrixTests
{
    private static readonly string Document = File.ReadAllText(Path.Combine(RepositoryRoot.Find(), "docs/reliability.md"));

    [Fact]
    public void Every_row_that_can_be_drilled_stands_in_the_document_in_the_words_of_the_program()
    {
        foreach (var row in ScenarioList.All) Assert.Contains($"| {row.Id} | {row.Title} | {row.Promise} |", Document, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_row_that_cannot_be_drilled_stands_there_with_its_reason()
    {
        foreach (var row in ScenarioList.Absent) Assert.Contains($"| {row.Id} | {row.Title} | {row.Reason} |", Document, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_invariant_that_is_judged_stands_there()
    {
        foreach (var id in new[] { "I1", "I2", "I3", "I4", "I5", "I6" }) Assert.Contains($"| {id} |", Document, StringComparison.Ordinal);
    }

    [Fact]
    public void A_row_is_listed_once() => Assert.Distinct(ScenarioList.All.Select(row => row.Id).Concat(ScenarioList.Absent.Select(row => row.Id)));
}
