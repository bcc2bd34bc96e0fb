namespace Streamgauge.Streams.Tests.Functions;

public sealed class FunctionLibraryTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    [Theory]
    [InlineData(+1, true)]
    [InlineData(0, true)]
    [InlineData(-1, false)]
    public async Task Newer_revision_is_kept_and_an_older_one_replaced(int difference, bool isKept)
    {
        var foreign = FunctionLibrary.Source.Replace($"REVISION = {FunctionLibrary.Revision}", $"REVISION = {FunctionLibrary.Revision + difference}", StringComparison.Ordinal) + "\n-- mark";
        await fixture.Redis.ExecuteAsync(["FUNCTION", "LOAD", "REPLACE", foreign]);
        await FunctionLibrary.EnsureLoadedAsync(fixture.Redis, CancellationToken.None);
        var loaded = await fixture.Redis.ExecuteAsync(["FUNCTION", "LIST", "LIBRARYNAME", FunctionLibrary.Name, "WITHCODE"]);
        Assert.Equal(isKept ? foreign : FunctionLibrary.Source, loaded[0].Get("library_code")!.AsText());
    }

    [Fact]
    public async Task Functions_that_were_flushed_come_back()
    {
        await fixture.Redis.ExecuteAsync(["FUNCTION", "FLUSH"]);
        await FunctionLibrary.EnsureLoadedAsync(fixture.Redis, CancellationToken.None);
        var rig = await fixture.NewStreamAsync();
        await rig.AddClicksAsync(1);
        await rig.Consumer("a").DrainAsync();
        Assert.Equal(1, (await rig.ReadAsync()).TotalCount);
    }
}
