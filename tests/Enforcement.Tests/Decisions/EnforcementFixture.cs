using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Hosting;
using Moderation.Testing;
using Xunit;

namespace Moderation.Enforcement.Tests.Decisions;

/// <summary>The enforcement service alone, over a real redis-server.</summary>
public class EnforcementFixture : IAsyncLifetime
{
    private readonly string _secret = Path.GetTempFileName();
    private readonly string _signingKey = SigningKeys.Make(Path.GetTempPath());
    private WebApplication? _app;
    private GrpcChannel? _channel;

    public RedisServer Redis { get; private set; } = null!; // set by InitializeAsync

    public IServiceProvider Services => _app!.Services; // as above

    public EnforcementService.EnforcementServiceClient Client { get; private set; } = null!; // as above

    /// <summary>The services' clock; it stands still until a test moves it.</summary>
    public FakeTimeProvider Clock { get; } = new(DateTimeOffset.UtcNow);

    public ReviewService.ReviewServiceClient Reviews { get; private set; } = null!; // as above

    public TransparencyService.TransparencyServiceClient Transparency { get; private set; } = null!; // as above

    public AppealService.AppealServiceClient Appeals { get; private set; } = null!; // as above

    /// <summary>The way to the service, for further clients.</summary>
    public CallInvoker Invoker => _channel!.CreateCallInvoker(); // set by InitializeAsync

    /// <summary>Further settings.</summary>
    protected virtual IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?>();

    /// <summary>Adds further parts, which win.</summary>
    protected virtual void Add(IServiceCollection services)
    {
    }

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
        }.Concat(Settings).ToDictionary()), services =>
        {
            services.AddSingleton<TimeProvider>(Clock);
            Add(services);
        });
        await _app.StartAsync();
        _channel = GrpcChannel.ForAddress(_app.Endpoint(EndpointKind.Grpc)!);
        Client = new EnforcementService.EnforcementServiceClient(_channel);
        Reviews = new ReviewService.ReviewServiceClient(_channel);
        Transparency = new TransparencyService.TransparencyServiceClient(_channel);
        Appeals = new AppealService.AppealServiceClient(_channel);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
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
        => new() { { "authorization", "Bearer " + Services.GetRequiredService<PeopleTokens>().Issue(Person.OfEverything("lead@test"), TimeSpan.FromHours(1)) } };

    /// <summary>The headers of a person with one role in every tenant.</summary>
    public Metadata As(string person, Role role = Role.Reviewer, params string[] clearances)
    {
        var token = Services.GetRequiredService<PeopleTokens>().Issue(Person.Of(person, [role], [Person.AllTenants], clearances), TimeSpan.FromDays(1000));
        return new Metadata { { "authorization", "Bearer " + token } };
    }
}
