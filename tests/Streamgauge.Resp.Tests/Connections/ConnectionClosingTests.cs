using Streamgauge.Resp.Tests.Fakes;

namespace Streamgauge.Resp.Tests.Connections;

/// <summary>Deadlines, cancellation, drops: who fails with what, and that nobody gets another's reply.</summary>
public class ConnectionClosingTests
{
    [Fact]
    public async Task A_stalled_server_fails_everything_in_flight_at_the_oldest_deadline()
    {
        var time = new ManualTime();
        await using var server = FakeServer.Start(session => session.StallAsync());
        await using var connection = await server.ConnectAsync(new RedisOptions { TimeProvider = time, CommandTimeout = TimeSpan.FromSeconds(10) });
        var requests = new[] { "a", "b", "c" }.Select(text => connection.ExecuteAsync(["ECHO", text])).ToArray();

        time.Advance(TimeSpan.FromSeconds(9.8));
        Assert.True(connection.IsOpen);
        time.Advance(TimeSpan.FromSeconds(0.2));
        foreach (var request in requests) Assert.True((await Assert.ThrowsAsync<RedisTimeoutException>(() => request.WaitAsync(Eventually.Bound))).IsTransient);
        Assert.IsType<RedisTimeoutException>(connection.Fault);
        await connection.Closed.WaitAsync(Eventually.Bound);

        var late = await Assert.ThrowsAsync<RedisConnectionException>(() => connection.ExecuteAsync(["PING"]));
        Assert.Contains("closed", late.Message, StringComparison.Ordinal);
        Assert.Same(connection.Fault, late.InnerException);
    }

    [Fact]
    public async Task A_blocking_read_lives_by_its_own_timeout()
    {
        var time = new ManualTime();
        var release = new TaskCompletionSource();
        await using var server = FakeServer.Start(async session =>
        {
            await session.ReadCommandAsync();
            await release.Task;
            await session.SendAsync("$4\r\nlate\r\n");
            await session.StallAsync();
        });
        await using var connection = await server.ConnectAsync(new RedisOptions { TimeProvider = time, CommandTimeout = TimeSpan.FromSeconds(1) });
        var request = new EchoRequest();
        var read = connection.ExecuteAsync(request, TimeSpan.FromSeconds(60)).AsTask();
        time.Advance(TimeSpan.FromSeconds(59));
        Assert.True(connection.IsOpen);
        release.SetResult();
        await read.WaitAsync(Eventually.Bound);
        Assert.Equal("late", request.Answer);

        var endless = connection.ExecuteAsync(request, Timeout.InfiniteTimeSpan).AsTask();
        time.Advance(TimeSpan.FromDays(1000));
        Assert.True(connection.IsOpen);
        Assert.False(endless.IsCompleted);
        await connection.DisposeAsync();
        await Assert.ThrowsAsync<RedisConnectionException>(() => endless);
    }

    [Fact]
    public async Task A_request_that_waits_for_room_too_long_is_given_up_alone()
    {
        var time = new ManualTime();
        await using var server = FakeServer.Start(session => session.StallAsync());
        await using var connection = await server.ConnectAsync(new RedisOptions { TimeProvider = time, InFlightBytesMax = 1 });
        var inFlight = connection.ExecuteAsync(new RespCommand("FIRST"), TimeSpan.FromSeconds(60));
        var waiting = connection.ExecuteAsync(new RespCommand("SECOND"), TimeSpan.FromSeconds(1));
        time.Advance(TimeSpan.FromSeconds(1));
        var error = await Assert.ThrowsAsync<RedisTimeoutException>(() => waiting.WaitAsync(Eventually.Bound));
        Assert.Contains("not sent", error.Message, StringComparison.Ordinal);
        Assert.True(connection.IsOpen);
        Assert.False(inFlight.IsCompleted);
    }

    [Fact]
    public async Task What_stood_behind_a_request_given_up_is_sent_if_it_fits()
    {
        var time = new ManualTime();
        FakeSession? seen = null;
        await using var server = FakeServer.Start(session =>
        {
            seen = session;
            return session.StallAsync();
        });
        await using var connection = await server.ConnectAsync(new RedisOptions { TimeProvider = time, InFlightBytesMax = 100 });
        _ = connection.ExecuteAsync(["FIRST"]);
        var large = connection.ExecuteAsync(new RespCommand("ECHO", new string('x', 90)), TimeSpan.FromSeconds(1));
        _ = connection.ExecuteAsync(["SMALL"]);
        time.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<RedisTimeoutException>(() => large.WaitAsync(Eventually.Bound));
        await Eventually.TrueAsync(() => seen?.CommandsRead == 3, "HELLO, FIRST and SMALL arrive");
    }

    [Fact]
    public async Task A_dropped_connection_fails_all_requests_in_flight_and_waiting()
    {
        await using var server = FakeServer.Start(session => session.ReadCommandAsync()); // then hangs up
        await using var connection = await server.ConnectAsync(new RedisOptions { InFlightBytesMax = 200 });
        var requests = Enumerable.Range(0, 100).Select(index => connection.ExecuteAsync(["ECHO", $"{index}"])).ToArray();
        foreach (var request in requests)
        {
            var error = await Assert.ThrowsAsync<RedisConnectionException>(() => request.WaitAsync(Eventually.Bound));
            Assert.True(error.IsTransient);
            Assert.NotNull(error.InnerException);
        }

        Assert.False(connection.IsOpen);
        await connection.Closed.WaitAsync(Eventually.Bound);
        await Assert.ThrowsAsync<RedisConnectionException>(() => connection.ExecuteAsync(["PING"]));
    }

    [Fact]
    public async Task A_reply_cut_off_by_a_drop_is_no_reply()
    {
        await using var server = FakeServer.Start(async session =>
        {
            await session.ReadCommandAsync();
            await session.SendAsync("$10\r\nhello");
        });
        await using var connection = await server.ConnectAsync();
        await Assert.ThrowsAsync<RedisConnectionException>(() => connection.ExecuteAsync(["GET", "k"]).WaitAsync(Eventually.Bound));
    }

    [Fact]
    public async Task Cancelling_in_flight_releases_the_caller_and_closes_the_connection()
    {
        FakeSession? seen = null;
        await using var server = FakeServer.Start(session =>
        {
            seen = session;
            return session.StallAsync();
        });
        await using var connection = await server.ConnectAsync();
        using var cancelling = new CancellationTokenSource();
        var request = new EchoRequest("a");
        var cancelled = connection.ExecuteAsync(request, ct: cancelling.Token).AsTask();
        var bystander = connection.ExecuteAsync(["ECHO", "b"]);
        await Eventually.TrueAsync(() => seen?.CommandsRead == 3, "HELLO and two commands arrive");

        await cancelling.CancelAsync();
        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.WaitAsync(Eventually.Bound));
        Assert.Equal(cancelling.Token, error.CancellationToken);
        Assert.Contains("cancelled", (await Assert.ThrowsAsync<RedisConnectionException>(() => bystander)).Message, StringComparison.Ordinal);
        Assert.False(connection.IsOpen);
    }

    [Fact]
    public async Task One_token_may_cancel_many_requests()
    {
        await using var server = FakeServer.Start(session => session.StallAsync());
        await using var connection = await server.ConnectAsync(new RedisOptions { InFlightBytesMax = 100 });
        using var cancelling = new CancellationTokenSource();
        var requests = Enumerable.Range(0, 50).Select(index => connection.ExecuteAsync(new RespCommand("ECHO", $"{index}"), ct: cancelling.Token)).ToArray();
        await cancelling.CancelAsync();
        foreach (var request in requests)
        {
            // The first to be cancelled closes the connection; those the token had not reached yet may learn that instead.
            var error = await Record.ExceptionAsync(() => request.WaitAsync(Eventually.Bound));
            Assert.True(error is OperationCanceledException or RedisConnectionException, $"{error}");
        }
    }

    [Fact]
    public async Task Cancelling_while_waiting_for_room_withdraws_only_that_request()
    {
        var release = new TaskCompletionSource();
        await using var server = FakeServer.Start(async session =>
        {
            await release.Task;
            await session.EchoAsync();
        });
        await using var connection = await server.ConnectAsync(new RedisOptions { InFlightBytesMax = 1 });
        using var first = new CancellationTokenSource();
        using var later = new CancellationTokenSource();
        var inFlight = connection.ExecuteAsync(["ECHO", "0"]);
        var head = connection.ExecuteAsync(new RespCommand("ECHO", "1"), ct: first.Token); // written and parked
        var tail = connection.ExecuteAsync(new RespCommand("ECHO", "2"), ct: later.Token);
        var last = connection.ExecuteAsync(["ECHO", "3"]);

        await later.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => tail.WaitAsync(Eventually.Bound));
        await first.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => head.WaitAsync(Eventually.Bound));

        release.SetResult();
        Assert.Equal("0", (await inFlight).AsText());
        Assert.Equal("3", (await last).AsText());
        Assert.True(connection.IsOpen);
    }

    [Fact]
    public async Task A_token_cancelled_before_or_after_changes_nothing_for_others()
    {
        await using var server = FakeServer.StartEcho();
        await using var connection = await server.ConnectAsync();
        using var cancelling = new CancellationTokenSource();
        var request = new EchoRequest("a");
        await connection.ExecuteAsync(request, ct: cancelling.Token);
        await cancelling.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connection.ExecuteAsync(request, ct: cancelling.Token).AsTask());
        await connection.ExecuteAsync(request);
        Assert.Equal("a", request.Answer);
    }

    [Fact]
    public async Task Cancellations_racing_with_replies_never_mix_up_answers()
    {
        await using var server = FakeServer.StartEcho();
        for (var round = 0; round < 50; round++)
        {
            await using var connection = await server.ConnectAsync();
            using var cancelling = new CancellationTokenSource();
            var requests = Enumerable.Range(0, 20).Select(index => new EchoRequest($"{index}")).ToArray();
            var sends = requests.Select((request, index) => connection.ExecuteAsync(request, ct: index == 10 ? cancelling.Token : default).AsTask()).ToArray();
            var cancellation = Task.Run(cancelling.Cancel);
            for (var index = 0; index < sends.Length; index++)
            {
                var error = await Record.ExceptionAsync(() => sends[index].WaitAsync(Eventually.Bound));
                if (error is null) Assert.Equal(requests[index].Argument, requests[index].Answer);
                else Assert.True(error is OperationCanceledException or RedisConnectionException, $"{error}");
            }

            await cancellation;
        }
    }

    [Fact]
    public async Task Disposing_fails_what_is_in_flight_and_may_be_repeated()
    {
        await using var server = FakeServer.Start(session => session.StallAsync());
        var connection = await server.ConnectAsync();
        var request = connection.ExecuteAsync(["PING"]);
        await connection.DisposeAsync();
        await connection.DisposeAsync();
        Assert.Contains("by its owner", (await Assert.ThrowsAsync<RedisConnectionException>(() => request)).Message, StringComparison.Ordinal);
        await connection.Closed.WaitAsync(Eventually.Bound);
    }
}
