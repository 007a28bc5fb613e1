using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Moderation.Ingest.Host;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Hosting;
using Moderation.ServiceDefaults.Tests;
using Moderation.Testing;
using Xunit;

[assembly: AssemblyFixture(typeof(IngestFixture))]

namespace Moderation.ServiceDefaults.Tests;

/// <summary>A real ingest on loopback with a real redis-server; the services behind it are absent.</summary>
public sealed class IngestFixture : IAsyncLifetime
{
    private readonly string _secrets = Directory.CreateTempSubdirectory("moderation-secrets-").FullName;
    private RedisServer? _redis;
    private WebApplication? _app;

    public RedisServer Redis => _redis ?? throw new InvalidOperationException("Not started.");

    public HttpClient Rest { get; } = new();

    public string ApiKey { get; private set; } = "";

    public string PersonToken { get; private set; } = "";

    public Uri Address(EndpointKind kind) => _app?.Endpoint(kind) ?? throw new InvalidOperationException($"There is no {kind} endpoint.");

    /// <summary>A part of the service.</summary>
    public T Service<T>() where T : notnull => (_app ?? throw new InvalidOperationException("Not started.")).Services.GetRequiredService<T>();

    public async ValueTask InitializeAsync()
    {
        _redis = await RedisServer.StartAsync();
        _app = Create();
        await _app.StartAsync();
        ApiKey = await _app.Services.GetRequiredService<ApiKeyStore>().CreateAsync("acme", "rest-tests") ?? throw new InvalidOperationException("The key exists.");
        PersonToken = _app.Services.GetRequiredService<PeopleTokens>().Issue(Person.OfEverything("ana"), TimeSpan.FromHours(1));
        Rest.BaseAddress = Address(EndpointKind.Rest);
    }

    public WebApplication Create(params (string Key, string Value)[] settings)
    {
        var key = Path.Combine(_secrets, "key");
        File.WriteAllText(key, new string('k', 32));
        return IngestHost.Create([], c => c.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Redis:ConnectionString"] = Redis.ConnectionString,
            ["ServiceToken:KeyFile"] = key,
            ["People:KeyFile"] = key,
            ["Listen:Address"] = "127.0.0.1",
            ["Listen:Grpc"] = "0",
            ["Listen:Rest"] = "0",
            ["Listen:Metrics"] = "0",
            ["Services:TextClassify"] = "http://127.0.0.1:9",
            ["Services:MediaHash"] = "http://127.0.0.1:9",
            ["Services:Enforcement"] = "http://127.0.0.1:9",
            ["Logging:LogLevel:Default"] = "None",
        }.Concat(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))).GroupBy(s => s.Key).Select(g => g.Last())));
    }

    public async ValueTask DisposeAsync()
    {
        Rest.Dispose();
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }

        if (_redis is not null)
        {
            await _redis.DisposeAsync();
        }

        Directory.Delete(_secrets, recursive: true);
    }
}
