using System.Security.Cryptography;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Moderation.Contracts.V1;
using Moderation.MediaHash.Host;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Hosting;
using Moderation.Testing;
using Xunit;

[assembly: AssemblyFixture(typeof(Moderation.MediaHash.Tests.SharedRedis))]

namespace Moderation.MediaHash.Tests;

/// <summary>One redis-server for the run. Tests keep apart by tenant and bank.</summary>
public sealed class SharedRedis : IAsyncLifetime
{
    private RedisServer? _server;

    public RedisServer Server => _server ?? throw new InvalidOperationException("The fixture is not started.");

    public async ValueTask InitializeAsync() => _server = await RedisServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }
}

/// <summary>A replica of the service with its whole pipeline on loopback, and a client with the credentials of a service and of a person.</summary>
internal sealed class RunningService : IAsyncDisposable
{
    private readonly string _keyFile;
    private readonly WebApplication _app;
    private readonly GrpcChannel _channel;

    private RunningService(string keyFile, WebApplication app, GrpcChannel channel)
    {
        _keyFile = keyFile;
        _app = app;
        _channel = channel;
        Client = new MediaHashService.MediaHashServiceClient(channel);
    }

    public MediaHashService.MediaHashServiceClient Client { get; }

    public IServiceProvider Services => _app.Services;

    public GrpcChannel Channel => _channel;

    /// <summary>What services call with.</summary>
    public Metadata AsService => Bearer(Services.GetRequiredService<ServiceTokens>().Issue("tester", TimeSpan.FromMinutes(5)));

    /// <summary>What people call with.</summary>
    public Metadata AsPerson => Bearer(Services.GetRequiredService<PeopleTokens>().Issue(Person.OfEverything("tester"), TimeSpan.FromMinutes(5)));

    public static async Task<RunningService> StartAsync(RedisServer redis, params (string Key, string Value)[] settings)
    {
        var keyFile = Path.GetTempFileName();
        await File.WriteAllBytesAsync(keyFile, RandomNumberGenerator.GetBytes(32));
        var all = new Dictionary<string, string?>
        {
            ["Redis:ConnectionString"] = redis.ConnectionString,
            ["ServiceToken:KeyFile"] = keyFile,
            ["People:KeyFile"] = keyFile,
            ["Listen:Address"] = "127.0.0.1",
            ["Listen:Grpc"] = "0",
            ["Listen:Metrics"] = "-1",
        };
        foreach (var (key, value) in settings)
            all[key] = value;
        var app = MediaHashHost.Create([], configuration => configuration.AddInMemoryCollection(all));
        await app.StartAsync();
        var address = app.Endpoint(EndpointKind.Grpc) ?? throw new InvalidOperationException("No gRPC endpoint.");
        return new RunningService(keyFile, app, GrpcChannel.ForAddress(address));
    }

    /// <summary>Sends a file as HashMedia wants it.</summary>
    public async Task<HashMediaResponse> HashAsync(string tenant, byte[] bytes, int chunkBytes = 64 * 1024)
    {
        using var call = Client.HashMedia(AsService);
        try
        {
            await call.RequestStream.WriteAsync(new HashMediaRequest { Metadata = new HashMediaMetadata { TenantId = tenant } });
            foreach (var chunk in bytes.Chunk(chunkBytes))
                await call.RequestStream.WriteAsync(new HashMediaRequest { Chunk = ByteString.CopyFrom(chunk) });
            await call.RequestStream.CompleteAsync();
        }
        catch (Exception closed) when (closed is RpcException or InvalidOperationException && call.ResponseAsync.IsCompleted)
        {
            // Refused before all was sent: the answer says why.
        }
        return await call.ResponseAsync;
    }

    public async Task<MediaSignals> MatchAsync(string tenant, params string[] mediaIds) =>
        (await Client.MatchMediaAsync(new MatchMediaRequest { TenantId = tenant, MediaIds = { mediaIds } }, AsService)).Signals;

    public async Task<AddBankEntryResponse> AddAsync(BankEntry entry) =>
        await Client.AddBankEntryAsync(new AddBankEntryRequest { Entry = entry }, AsPerson);

    public async Task<RemoveBankEntryResponse> RemoveAsync(string bank, string entry) =>
        await Client.RemoveBankEntryAsync(new RemoveBankEntryRequest { BankId = bank, EntryId = entry }, AsPerson);

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        File.Delete(_keyFile);
    }

    private static Metadata Bearer(string token) => new() { { "authorization", "Bearer " + token } };
}
