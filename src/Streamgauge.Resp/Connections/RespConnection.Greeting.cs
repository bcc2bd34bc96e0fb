namespace Streamgauge.Resp;

// HELLO 2 AUTH user password SETNAME name      (Redis 6 and later)
// or AUTH user password, CLIENT SETNAME name   (servers and proxies without HELLO)
// then SELECT db, when not 0
public sealed partial class RespConnection
{
    private const string DefaultUser = "default";

    private async Task GreetAsync(CancellationToken ct)
    {
        var password = Endpoint.Password ?? await ReadPasswordAsync(ct);
        try
        {
            if (!await TryHelloAsync(password, ct)) await GreetWithoutHelloAsync(password, ct);
            if (Endpoint.Database != 0) await SelectAsync(ct);
        }
        catch (RedisReplyException e) when (e.Code is "WRONGPASS" or "NOAUTH" or "NOPERM")
        {
            throw new RedisReplyException(e.Code, $"Cannot log in to {Endpoint}: {ExplainRefusal(e)}", e);
        }
        catch (RedisReplyException e) when (e.Message.StartsWith("ERR max number of clients", StringComparison.OrdinalIgnoreCase))
        {
            throw new RedisConnectionException($"Cannot connect to {Endpoint}: it has as many clients as it allows. Close some, or raise 'maxclients'.", e);
        }
        catch (RedisConnectionException e)
        {
            throw new RedisConnectionException($"Cannot connect to {Endpoint}: it hung up at the first command. {ExplainHangUp()}", e);
        }
    }

    /// <exception cref="RedisConnectionException">The file cannot be read, or is empty: it may be about to be written.</exception>
    private async Task<string?> ReadPasswordAsync(CancellationToken ct)
    {
        if (Endpoint.PasswordFile is not { } file) return null;
        try
        {
            using var reader = new StreamReader(file);
            if (await reader.ReadLineAsync(ct) is { Length: > 0 } password) return password;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RedisConnectionException($"Cannot log in to {Endpoint}: the password file '{file}' cannot be read ({e.Message.TrimEnd('.')}). Mount it, and let this user read it.", e);
        }

        throw new RedisConnectionException($"Cannot log in to {Endpoint}: the first line of the password file '{file}' is empty. Write the password there.");
    }

    // With TLS 1.3 a client certificate is judged after the handshake, so its refusal arrives here.
    private string ExplainHangUp() => Endpoint.UseTls
        ? $"It most likely wants {(_options.Tls?.CertificateFile is null ? "a" : "another")} client certificate (RedisTlsOptions.CertificateFile); its log tells."
        : "It may be restarting, speak only TLS (write rediss://), or be no Redis; its log tells.";

    /// <summary>False when the server has no HELLO, or forbids it to this user, and RESP2 will do.</summary>
    private async Task<bool> TryHelloAsync(string? password, CancellationToken ct)
    {
        var hello = new RespCommand("HELLO").Add(_options.Protocol);
        if (password is not null) hello.Add("AUTH").Add(Endpoint.User ?? DefaultUser).Add(password);
        if (_options.ClientName is not null) hello.Add("SETNAME").Add(_options.ClientName);
        try
        {
            await ExecuteAsync(hello, Timeout.InfiniteTimeSpan, ct); // bounded by the token, which carries ConnectTimeout
            return true;
        }
        catch (RedisReplyException e) when (IsHelloMissing(e))
        {
            if (_options.Protocol == 2) return false;
            throw new RedisReplyException(e.Code, $"{Endpoint} does not speak RESP{_options.Protocol}: it answered '{e.Message}'. Set RedisOptions.Protocol to 2, or use Redis 6 or later.", e);
        }
    }

    private static bool IsHelloMissing(RedisReplyException error) =>
        error.Code is "NOPROTO" or "NOPERM" || error.Message.StartsWith("ERR unknown command", StringComparison.OrdinalIgnoreCase);

    private async Task GreetWithoutHelloAsync(string? password, CancellationToken ct)
    {
        if (password is not null)
        {
            var auth = new RespCommand("AUTH");
            if (Endpoint.User is not null) auth.Add(Endpoint.User); // servers before 6 know only a password
            await ExecuteAsync(auth.Add(password), Timeout.InfiniteTimeSpan, ct);
        }

        if (_options.ClientName is null) return;
        await ExecuteAsync(new RespCommand("CLIENT", "SETNAME", _options.ClientName), Timeout.InfiniteTimeSpan, ct);
    }

    private async Task SelectAsync(CancellationToken ct)
    {
        try
        {
            await ExecuteAsync(new RespCommand("SELECT").Add(Endpoint.Database), Timeout.InfiniteTimeSpan, ct);
        }
        catch (RedisReplyException e) when (e.Code == "ERR")
        {
            throw new RedisReplyException(e.Code, $"Cannot use database {Endpoint.Database} of {Endpoint}: {e.Message}. Use a lower number, or raise 'databases' on the server.", e);
        }
    }

    private string ExplainRefusal(RedisReplyException error) => error.Code switch
    {
        "NOAUTH" => "it asks for a password and the address has none. Write it as user:password@, or :password@ for the default user, or give it apart from the address.",
        "WRONGPASS" => $"it refused the password of user '{Endpoint.User ?? DefaultUser}', or the user is unknown or off. Correct it (in the address, percent-encode special characters); ACL LIST shows the users.",
        _ => $"user '{Endpoint.User ?? DefaultUser}' lacks a permission ({error.Message}). Grant it with ACL SETUSER; +@connection covers connecting.",
    };
}
