using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Hosting;
using Moderation.Testing;
using Xunit;

namespace Moderation.Enforcement.Tests.Decisions;

/// <summary>The enforcement service alone, over a real redis-server.</summary>
public sealed class EnforcementFixture : IAsyncLifetime
{
    private readonly string _secret = Path.GetTempFileName();
    private readonly string _signingKey = SigningKeys.Make(Path.GetTempPath());
    private WebApplication? _app;
    private GrpcChannel? _channel;

    public RedisServer Redis { get; private set; } = null!; // set by InitializeAsync

    public GrpcChannel Channel => _channel!; // set by InitializeAsync

    public IServiceProvider Services => _app!.Services; // as above

    public EnforcementService.EnforcementServiceClient Client { get; private set; } = null!; // as above

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(_secret, new string('s', 64));
        Redis = await RedisServer.StartAsync();
        _app = EnforcementHost.Create([], c => c.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Redis:ConnectionString"] = Redis.ConnectionString,
            ["ServiceToken:KeyFile"] = _secret,
            ["People:KeyFile"] = _secret,
            ["Audit:SigningKeyFile"] = _signingKey,
            ["Listen:Address"] = "127.0.0.1",
            ["Listen:Grpc"] = "0",
            ["Listen:Metrics"] = "-1",
        }));
        await _app.StartAsync();
        _channel = GrpcChannel.ForAddress(_app.Endpoint(EndpointKind.Grpc)!);
        Client = new EnforcementService.EnforcementServiceClient(_channel);
    }

    public async ValueTask DisposeAsync()
    {
        _channel?.Dispose();
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        await Redis.DisposeAsync();
        File.Delete(_secret);
        File.Delete(_signingKey);
    }

    /// <summary>The headers of a service that acts for a tenant.</summary>
    public Metadata AsService(string? tenant = null)
    {
        var headers = new Metadata { { "authorization", "Bearer " + Services.GetRequiredService<ServiceTokens>().Issue("test", ServiceTokens.Lifetime) } };
        if (tenant is not null)
        {
            headers.Add(AccessInterceptor.TenantHeader, tenant);
        }

        return headers;
    }

    public Metadata AsPerson()
        => new() { { "authorization", "Bearer " + Services.GetRequiredService<PeopleTokens>().Issue("lead@test", TimeSpan.FromHours(1)) } };
}
