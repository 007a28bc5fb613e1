using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Net.Client;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Auth;

namespace Moderation.Access.Tests;

/// <summary>Calls an RPC of the contract that is known by its descriptor only.</summary>
internal static class AnyRpc
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly Marshaller<byte[]> Raw = Marshallers.Create<byte[]>(b => b, b => b);

    /// <summary>The RPCs by a short name: <c>enforcement.EnforcementService/GetDecision</c>.</summary>
    public static IReadOnlyDictionary<string, AccessRule> All { get; } = AccessTable.Rules
        .ToDictionary(r => r.Key["/moderation.".Length..].Replace(".v1.", ".", StringComparison.Ordinal), r => r.Value, StringComparer.Ordinal);

    /// <summary>The service that serves a method, as it is deployed.</summary>
    public static string HostOf(MethodDescriptor method) => method.File.Package switch
    {
        "moderation.ingest.v1" => "ingest",
        "moderation.textclassify.v1" => "text-classify",
        "moderation.mediahash.v1" => "media-hash",
        "moderation.enforcement.v1" => "enforcement",
        _ => throw new NotSupportedException($"Which service serves {method.File.Package}?"),
    };

    /// <summary>Calls it with one request, and gives all its answers.</summary>
    /// <exception cref="RpcException">The call fails.</exception>
    public static async Task<IReadOnlyList<IMessage>> CallAsync(GrpcChannel channel, MethodDescriptor method, IMessage request, Metadata headers)
    {
        var type = (method.IsClientStreaming, method.IsServerStreaming) switch
        {
            (false, false) => MethodType.Unary,
            (true, false) => MethodType.ClientStreaming,
            (false, true) => MethodType.ServerStreaming,
            _ => MethodType.DuplexStreaming,
        };
        var raw = new Method<byte[], byte[]>(type, method.Service.FullName, method.Name, Raw, Raw);
        var options = new CallOptions(headers, DateTime.UtcNow + Limit);
        var invoker = channel.CreateCallInvoker();
        List<byte[]> answers = type switch
        {
            MethodType.Unary => [await UnaryAsync(invoker, raw, options, request)],
            MethodType.ClientStreaming => [await ClientStreamingAsync(invoker, raw, options, request)],
            MethodType.ServerStreaming => await ServerStreamingAsync(invoker, raw, options, request),
            _ => await DuplexAsync(invoker, raw, options, request),
        };
        return [.. answers.Select(a => method.OutputType.Parser.ParseFrom(a))];
    }

    /// <summary>A request that names <paramref name="tenant"/> wherever it can name one, and nonsense in its other texts: no call does anything by it.</summary>
    public static IMessage Nonsense(MessageDescriptor type, string tenant)
    {
        var request = type.Parser.ParseFrom(ReadOnlySpan<byte>.Empty.ToArray());
        foreach (var field in type.Fields.InDeclarationOrder().Where(f => f.FieldType == FieldType.String && !f.IsRepeated && f.RealContainingOneof is null))
        {
            field.Accessor.SetValue(request, field.Name == "tenant_id" ? tenant : "?");
        }

        return request;
    }

    private static async Task<byte[]> UnaryAsync(CallInvoker invoker, Method<byte[], byte[]> method, CallOptions options, IMessage request)
    {
        using var call = invoker.AsyncUnaryCall(method, null, options, request.ToByteArray());
        return await call;
    }

    private static async Task<byte[]> ClientStreamingAsync(CallInvoker invoker, Method<byte[], byte[]> method, CallOptions options, IMessage request)
    {
        using var call = invoker.AsyncClientStreamingCall(method, null, options);
        await SendAsync(call.RequestStream, request);
        return await call;
    }

    private static async Task<List<byte[]>> ServerStreamingAsync(CallInvoker invoker, Method<byte[], byte[]> method, CallOptions options, IMessage request)
    {
        using var call = invoker.AsyncServerStreamingCall(method, null, options, request.ToByteArray());
        return await call.ResponseStream.ReadAllAsync().ToListAsync();
    }

    private static async Task<List<byte[]>> DuplexAsync(CallInvoker invoker, Method<byte[], byte[]> method, CallOptions options, IMessage request)
    {
        using var call = invoker.AsyncDuplexStreamingCall(method, null, options);
        await SendAsync(call.RequestStream, request);
        return await call.ResponseStream.ReadAllAsync().ToListAsync();
    }

    // A server that has refused the call takes no more of it; why it did is in the answer.
    private static async Task SendAsync(IClientStreamWriter<byte[]> stream, IMessage request)
    {
        try
        {
            await stream.WriteAsync(request.ToByteArray());
            await stream.CompleteAsync();
        }
        catch (Exception refused) when (refused is RpcException or InvalidOperationException)
        {
        }
    }
}
