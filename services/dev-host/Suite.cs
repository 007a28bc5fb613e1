using System.Security.Cryptography;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Microsoft.Extensions.Options;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Audit;
using Moderation.Enforcement.Host;
using Moderation.Ingest.Host;
using Moderation.MediaHash.Host;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Hosting;
using Moderation.ServiceDefaults.Redis;
using Moderation.ServiceDefaults.Streaming;
using Moderation.TextClassify.Host;

namespace Moderation.DevHost;

/// <summary>All services in one process, on loopback, talking gRPC to each other as they do when deployed apart.</summary>
public sealed class Suite : IAsyncDisposable
{
    private readonly Dictionary<string, WebApplication> _services = [];
    private readonly Dictionary<string, GrpcChannel> _channels = [];
    private readonly SuiteOptions _options;

    private Suite(SuiteOptions options) => _options = options;

    /// <summary>Starts it.</summary>
    public static async Task<Suite> StartAsync(SuiteOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        MakeSecrets(options.SecretsDirectory);
        var suite = new Suite(options);
        try
        {
            await suite.StartAsync(TextClassifyHost.Name, TextClassifyHost.Create, grpc: 3, rest: 2);
            await suite.StartAsync(EnforcementHost.Name, EnforcementHost.Create, grpc: 5, rest: 4);
            await suite.StartAsync(MediaHashHost.Name, MediaHashHost.Create, grpc: 7, rest: 6);
            await suite.StartAsync(IngestHost.Name, IngestHost.Create, grpc: 1, rest: 0);
            return suite;
        }
        catch
        {
            await suite.DisposeAsync();
            throw;
        }
    }

    /// <summary>Where a service listens.</summary>
    /// <exception cref="KeyNotFoundException">The service was left out.</exception>
    public Uri Address(string service, EndpointKind kind) => _services[service].Endpoint(kind)
        ?? throw new InvalidOperationException($"{service} has no {kind} endpoint.");

    /// <summary>The parts of a service, for tests.</summary>
    public IServiceProvider Services(string service) => _services[service].Services;

    /// <summary>Makes an API key for a tenant, good for everything unless scopes are named.</summary>
    public async Task<string> CreateApiKeyAsync(string tenant, string keyId, params IReadOnlyCollection<Scope> scopes)
    {
        ArgumentNullException.ThrowIfNull(scopes);
        var keys = _services[EnforcementHost.Name].Services.GetRequiredService<ApiKeyStore>();
        return await keys.CreateAsync(tenant, keyId, scopes.Count == 0 ? null : scopes.ToHashSet()) ?? throw new InvalidOperationException($"The key {keyId} exists.");
    }

    /// <summary>Makes a token for a person who may do everything.</summary>
    public string IssuePersonToken(string person, TimeSpan lifetime) => IssuePersonToken(Person.OfEverything(person), lifetime);

    /// <summary>Makes a token for a person.</summary>
    public string IssuePersonToken(Person person, TimeSpan lifetime)
        => _services[EnforcementHost.Name].Services.GetRequiredService<PeopleTokens>().Issue(person, lifetime);

    /// <summary>A client's way to a service, with a tenant's key.</summary>
    public CallInvoker ConnectWithKey(string service, string apiKey)
        => Channel(service).Intercept(headers => With(headers, AccessInterceptor.ApiKeyHeader, apiKey));

    /// <summary>A client's way to a service, as a person.</summary>
    public CallInvoker ConnectAsPerson(string service, string token)
        => Channel(service).Intercept(headers => With(headers, "authorization", "Bearer " + token));

    /// <summary>A client's way to a service, as another service.</summary>
    public CallInvoker ConnectAsService(string service, string caller)
    {
        var tokens = new ServiceTokens(Options.Create(new ServiceTokenOptions { KeyFile = ServiceKey }), TimeProvider.System);
        return Channel(service).Intercept(new CallInterceptor(caller, tokens, TimeProvider.System));
    }

    /// <summary>A client's way to a service, without a credential.</summary>
    public GrpcChannel Channel(string service)
    {
        lock (_channels)
        {
            if (!_channels.TryGetValue(service, out var channel))
            {
                channel = _channels[service] = GrpcChannel.ForAddress(
                    Address(service, EndpointKind.Grpc), new GrpcChannelOptions { MaxSendMessageSize = 64 * 1024 * 1024, MaxReceiveMessageSize = 64 * 1024 * 1024 });
            }

            return channel;
        }
    }

    /// <summary>Stops one service, as a rolling update would.</summary>
    public async Task StopAsync(string service)
    {
        if (_services.Remove(service, out var app))
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }
    }

    /// <summary>Ends when one of the services does.</summary>
    public Task WaitForShutdownAsync() => Task.WhenAny(_services.Values.Select(s => s.WaitForShutdownAsync()));

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        foreach (var channel in _channels.Values)
        {
            channel.Dispose();
        }

        // The front door first, so that what it took can still be decided.
        foreach (var name in new[] { IngestHost.Name, MediaHashHost.Name, EnforcementHost.Name, TextClassifyHost.Name })
        {
            await StopAsync(name);
        }
    }

    private string ServiceKey => Path.Combine(_options.SecretsDirectory, "service-token.key");

    private string PeopleKey => Path.Combine(_options.SecretsDirectory, "people-token.key");

    private string AuditKey => Path.Combine(_options.SecretsDirectory, "audit-signing.pem");

    private static void MakeSecrets(string directory)
    {
        Directory.CreateDirectory(directory);
        foreach (var name in new[] { "service-token.key", "people-token.key", "audit-signing.pem" })
        {
            var path = Path.Combine(directory, name);
            if (!File.Exists(path))
            {
                File.WriteAllText(path, name.EndsWith(".pem", StringComparison.Ordinal)
                    ? AuditSigner.CreatePem()
                    : Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)));
                if (!OperatingSystem.IsWindows())
                {
                    File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
                }
            }
        }
    }

    private static Metadata With(Metadata headers, string name, string value)
    {
        headers.Add(name, value);
        return headers;
    }

    private async Task StartAsync(
        string name, Func<string[], Action<IConfigurationBuilder>?, Action<IServiceCollection>?, WebApplication> create, int grpc, int? rest)
    {
        if (_options.Without.Contains(name))
        {
            return;
        }

        var settings = new Dictionary<string, string?>
        {
            ["Redis:ConnectionString"] = _options.Redis,
            ["ServiceToken:KeyFile"] = ServiceKey,
            ["People:KeyFile"] = PeopleKey,
            ["Audit:SigningKeyFile"] = AuditKey,
            ["Audit:ArchiveDirectory"] = _options.ArchiveDirectory,
            ["Logging:LogLevel:Default"] = "Warning",
            ["Listen:Address"] = "127.0.0.1",
            ["Listen:Grpc"] = $"{Port(grpc)}",
            ["Listen:Rest"] = rest is { } offset ? $"{Port(offset)}" : "-1",
            ["Listen:Metrics"] = $"{(_options.FirstPort == 0 ? 0 : _options.FirstPort + 1010 + grpc)}",
            ["Services:TextClassify"] = AddressOr(TextClassifyHost.Name),
            ["Services:MediaHash"] = AddressOr(MediaHashHost.Name),
            ["Services:Enforcement"] = AddressOr(EnforcementHost.Name),
            // A sample of posts is mostly harmful, which is just what the breakers take for a rule gone wrong.
            ["Breakers:Enabled"] = "false",
        };
        foreach (var (key, value) in _options.Settings.GetValueOrDefault(name) ?? new Dictionary<string, string?>())
        {
            settings[key] = value;
        }

        var app = create([], configuration => configuration.AddInMemoryCollection(settings), _options.Services);
        try
        {
            await app.StartAsync();
        }
        catch
        {
            // One that did not start can't be stopped.
            await app.DisposeAsync();
            throw;
        }

        _services[name] = app;
    }

    private int Port(int offset) => _options.FirstPort == 0 ? 0 : _options.FirstPort + offset;

    // A service that is left out has the address of a port where nobody listens.
    private string AddressOr(string name) => _services.TryGetValue(name, out var app) ? app.Endpoint(EndpointKind.Grpc)!.ToString() : "http://127.0.0.1:9";
}
