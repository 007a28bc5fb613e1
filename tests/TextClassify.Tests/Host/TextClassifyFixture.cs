using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Hosting;
using Moderation.Testing;
using Moderation.TextClassify.Host;
using Xunit;

namespace Moderation.TextClassify.Tests.Host;

/// <summary>The service on loopback with a redis-server of its own, and a client with a service's credential.</summary>
public sealed class TextClassifyFixture : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("moderation-text-").FullName;
    private RedisServer? _redis;
    private WebApplication? _app;
    private GrpcChannel? _channel;

    public TextClassifyService.TextClassifyServiceClient Client { get; private set; } = null!; // set before any test runs

    public Metadata Credential { get; private set; } = [];

    /// <summary>The lists.</summary>
    public TextListService.TextListServiceClient Lists { get; private set; } = null!; // as above

    /// <summary>The parts of the service.</summary>
    public IServiceProvider Services => _app?.Services ?? throw new InvalidOperationException("The service is not started.");

    /// <summary>The credential of a person.</summary>
    public Metadata As(Person person) => new() { { "authorization", "Bearer " + Services.GetRequiredService<PeopleTokens>().Issue(person, TimeSpan.FromMinutes(5)) } };

    /// <summary>The REST port.</summary>
    public HttpClient Rest { get; private set; } = null!; // as above

    /// <summary>The gRPC port.</summary>
    public Uri Address => _app?.Endpoint(EndpointKind.Grpc) ?? throw new InvalidOperationException("The service is not started.");

    /// <summary>The key of a tenant.</summary>
    public string ApiKey { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        _redis = await RedisServer.StartAsync();
        _app = TextClassifyHost.Create([], c => Configure(c));
        await _app.StartAsync();
        var address = _app.Endpoint(EndpointKind.Grpc) ?? throw new InvalidOperationException("The service does not listen.");
        _channel = GrpcChannel.ForAddress(address);
        Client = new TextClassifyService.TextClassifyServiceClient(_channel);
        Lists = new TextListService.TextListServiceClient(_channel);
        var token = _app.Services.GetRequiredService<ServiceTokens>().Issue("ingest", TimeSpan.FromMinutes(5));
        Rest = new HttpClient { BaseAddress = _app.Endpoint(EndpointKind.Rest) };
        ApiKey = await _app.Services.GetRequiredService<ApiKeyStore>().CreateAsync("tenant", "key-1") ?? throw new InvalidOperationException("The key exists.");
        Credential = new Metadata { { "authorization", "Bearer " + token } };
    }

    /// <summary>The configuration of a service of this fixture.</summary>
    public void Configure(IConfigurationBuilder configuration, string? modelDirectory = null)
    {
        var key = Path.Combine(_directory, "key");
        if (!File.Exists(key)) File.WriteAllText(key, "a secret of a test that is long enough to sign");
        var settings = new Dictionary<string, string?>
        {
            ["Redis:ConnectionString"] = _redis?.ConnectionString ?? throw new InvalidOperationException("Redis is not started."),
            ["ServiceToken:KeyFile"] = key,
            ["People:KeyFile"] = key,
            ["Listen:Address"] = "127.0.0.1",
            ["Listen:Grpc"] = "0",
            ["Listen:Rest"] = "0",
            ["Listen:Metrics"] = "-1",
        };
        if (modelDirectory is not null) settings["TextModel:Directory"] = modelDirectory;
        configuration.AddInMemoryCollection(settings);
    }

    public async ValueTask DisposeAsync()
    {
        _channel?.Dispose();
        Rest?.Dispose();
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }
        if (_redis is not null) await _redis.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
