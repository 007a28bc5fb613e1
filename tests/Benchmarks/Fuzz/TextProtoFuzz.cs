using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;
using Moderation.ServiceDefaults.Hosting;
using Moderation.Testing;
using Moderation.TextClassify.Host;

namespace Moderation.Benchmarks.Fuzz;

/// <summary>
/// Every RPC of text-classify, served from this process over a Redis of its own, by callers that may call it: whatever message comes, the answer is
/// one or a typed error that is not INTERNAL, and the service is there afterwards. Some messages are damaged bytes.
/// </summary>
internal sealed class TextProtoFuzz : FuzzTarget
{
    private static readonly Marshaller<byte[]> Raw = Marshallers.Create<byte[]>(b => b, b => b);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly MethodDescriptor[] Methods =
        [.. AccessTable.Descriptors.Values.Where(m => m.File.Package == "moderation.textclassify.v1").OrderBy(m => m.FullName, StringComparer.Ordinal)];

    private readonly string _directory = Directory.CreateTempSubdirectory("moderation-fuzz-").FullName;
    private RedisServer? _redis;
    private WebApplication? _app;
    private GrpcChannel? _channel;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        var key = Path.Combine(_directory, "key");
        await File.WriteAllTextAsync(key, "a secret of a fuzzer that is long enough to sign", cancellationToken);
        _redis = await RedisServer.StartAsync();
        _app = TextClassifyHost.Create([], c => c.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Redis:ConnectionString"] = _redis.ConnectionString,
            ["ServiceToken:KeyFile"] = key,
            ["People:KeyFile"] = key,
            ["Listen:Address"] = "127.0.0.1",
            ["Listen:Grpc"] = "0",
            ["Listen:Rest"] = "-1",
            ["Listen:Metrics"] = "-1",
        }), s => s.AddLogging(l => l.ClearProviders())); // the gRPC library logs each damaged message at length
        await _app.StartAsync(cancellationToken);
        _channel = GrpcChannel.ForAddress(_app.Endpoint(EndpointKind.Grpc) ?? throw new InvalidOperationException("The service does not listen."));
    }

    public override async Task TryAsync(Random random, Action<string> describe)
    {
        var method = Methods[random.Next(Methods.Length)];
        var message = MessageMutator.Next(method.InputType, random);
        var bytes = message.ToByteArray();
        var isDamaged = random.Next(4) == 0;
        if (isDamaged) bytes = MessageMutator.Damage(bytes, random);
        describe($"{method.FullName}{(isDamaged ? " (damaged)" : "")}: {Convert.ToBase64String(bytes)}");
        try
        {
            foreach (var answer in await CallAsync(method, bytes))
            {
                if (method.OutputType.Parser.ParseFrom(answer) is not ClassifyStreamResponse stream) continue;
                foreach (var error in stream.Answers.Select(a => a.Error).OfType<Google.Rpc.Status>()) RequireTyped(error.ToRpcException());
            }
        }
        catch (RpcException) when (isDamaged && !IsMessage(method, bytes))
        {
            // What is no message at all is refused by the gRPC library, before any code of ours, with a status of its own and no reason.
        }
        catch (RpcException refused)
        {
            RequireTyped(refused);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        _channel?.Dispose();
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }
        if (_redis is not null) await _redis.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
        await base.DisposeAsync();
    }

    private async Task<IReadOnlyList<byte[]>> CallAsync(MethodDescriptor method, byte[] bytes)
    {
        if (_app is null || _channel is null) throw new InvalidOperationException("The target is not started.");
        var options = new CallOptions([new Metadata.Entry("authorization", "Bearer " + Token(_app.Services, method))], DateTime.UtcNow + Limit);
        var invoker = _channel.CreateCallInvoker();
        if (!method.IsClientStreaming) return [await invoker.AsyncUnaryCall(new Method<byte[], byte[]>(MethodType.Unary, method.Service.FullName, method.Name, Raw, Raw), null, options, bytes)];
        using var call = invoker.AsyncDuplexStreamingCall(new Method<byte[], byte[]>(MethodType.DuplexStreaming, method.Service.FullName, method.Name, Raw, Raw), null, options);
        await call.RequestStream.WriteAsync(bytes);
        await call.RequestStream.CompleteAsync();
        var answers = new List<byte[]>();
        await foreach (var answer in call.ResponseStream.ReadAllAsync()) answers.Add(answer);
        return answers;
    }

    private static void RequireTyped(RpcException refused)
    {
        var reason = RpcErrors.ReasonOf(refused);
        Require(
            reason is not (ErrorReason.Unspecified or ErrorReason.Internal or ErrorReason.DependencyUnavailable or ErrorReason.Unauthenticated),
            $"{refused.StatusCode} {reason}: {refused.Status.Detail}");
    }

    private static bool IsMessage(MethodDescriptor method, byte[] bytes)
    {
        try
        {
            method.InputType.Parser.ParseFrom(bytes);
            return true;
        }
        catch (InvalidProtocolBufferException)
        {
            return false;
        }
    }

    private static string Token(IServiceProvider services, MethodDescriptor method) => AccessTable.Of(method) == Access.Internal
        ? services.GetRequiredService<ServiceTokens>().Issue("fuzz", TimeSpan.FromMinutes(5))
        : services.GetRequiredService<PeopleTokens>().Issue(Person.Of("fuzz@test", [Role.Lead, Role.Policy, Role.Auditor], [Person.AllTenants]), TimeSpan.FromMinutes(5));
}
