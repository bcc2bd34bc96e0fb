using System.Diagnostics;
using System.Globalization;
using Streamgauge.TestKit;

namespace Streamgauge.Streams.Tests.Model;

/// <summary>The function library against a model of it in plain C#. <c>make model</c> plays for longer.</summary>
public sealed class LibraryModelTests : IAsyncLifetime
{
    private const long StepsByDefault = 30_000;
    private const long MutantStepsMax = 100_000;
    private RedisServer _server = null!;

    public async Task InitializeAsync() => _server = await ModelSearch.StartServerAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Every_reply_and_every_stored_byte_is_what_the_model_says_whatever_is_done()
    {
        await LoadAsync(FunctionLibrary.Source);
        var steps = Setting("SG_MODEL_STEPS", StepsByDefault);
        var seed = (ulong)Setting("SG_MODEL_SEED", Stopwatch.GetTimestamp());
        var clock = Stopwatch.StartNew();
        var result = await ModelSearch.RunAsync(_server, steps, seed);
        Console.WriteLine($"model: {result.Steps} steps from seed {seed} in {clock.Elapsed.TotalSeconds:F1} s");
        Assert.True(result.Found is null, result.Found?.ToString());
    }

    [Fact]
    public Task Counted_entry_claimed_by_force_and_deleted_is_not_lost() => AgreeAsync(
        new Append(Producer: 0, Order: SendOrder.Next, IsOldest: false, IsFrame: false, Kind: 0, Count: 1),
        new Read(Consumer: 0, Count: 1),
        new Commit(Hand: 0),
        new ClaimByForce(Consumer: 0, Entry: 0),
        new DeleteEntry(Entry: 0));

    [Fact]
    public Task Entries_around_one_that_recovery_buried_are_one_range_ahead_of_the_floor() => AgreeAsync(
        new Append(Producer: 0, Order: SendOrder.Next, IsOldest: false, IsFrame: false, Kind: 0, Count: 2),
        new AddForeign(Kind: 0, Shape: EntryShape.Large),
        new AddForeign(Kind: 0, Shape: EntryShape.Plain),
        new Read(Consumer: 0, Count: 1),
        new Read(Consumer: 1, Count: 3),
        new Recover(Consumer: 1, Mode: RecoverMode.Own, Count: 5),
        new Commit(Hand: 2));

    [Theory]
    [MemberData(nameof(LibraryMutants.Names), MemberType = typeof(LibraryMutants))]
    public async Task Model_finds_a_broken_library_and_says_how_in_a_few_steps(string mutant)
    {
        await LoadAsync(LibraryMutants.Break(mutant));
        var found = (await ModelSearch.RunAsync(_server, MutantStepsMax, seed: 1)).Found;
        Assert.True(found is not null, $"{mutant}: not found in {MutantStepsMax} steps");
        Console.WriteLine($"{mutant}: found after {found.StepsUntilFound} steps. {found}");
        Assert.True(found.Steps.Count <= LibraryMutants.StepsMax, $"{mutant}: {found}");
    }

    private async Task AgreeAsync(params Step[] steps)
    {
        await LoadAsync(FunctionLibrary.Source);
        await using var redis = await _server.ConnectAsync();
        Assert.Null(await new Player(redis).FindDifferenceAsync(steps));
    }

    private async Task LoadAsync(string library)
    {
        await using var redis = await _server.ConnectAsync();
        await redis.ExecuteAsync(["FUNCTION", "LOAD", "REPLACE", library]);
    }

    private static long Setting(string name, long otherwise) => long.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var given) ? given : otherwise;
}
