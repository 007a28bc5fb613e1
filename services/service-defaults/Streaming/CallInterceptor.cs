using Grpc.Core;
using Grpc.Core.Interceptors;
using Moderation.ServiceDefaults.Auth;

namespace Moderation.ServiceDefaults.Streaming;

/// <summary>Gives each outgoing call the service's credential and, where it has none, a deadline (streams live without one).</summary>
public sealed class CallInterceptor(string service, ServiceTokens tokens, TimeProvider time) : Interceptor
{
    /// <summary>The deadline of a unary call that brings none.</summary>
    public static readonly TimeSpan DefaultDeadline = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private string _token = "";
    private DateTimeOffset _renewAt;

    /// <inheritdoc />
    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context, BlockingUnaryCallContinuation<TRequest, TResponse> continuation)
        => continuation(request, With(context, context.Options.Deadline ?? time.GetUtcNow().UtcDateTime + DefaultDeadline));

    /// <inheritdoc />
    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
        => continuation(request, With(context, context.Options.Deadline ?? time.GetUtcNow().UtcDateTime + DefaultDeadline));

    /// <inheritdoc />
    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        ClientInterceptorContext<TRequest, TResponse> context, AsyncClientStreamingCallContinuation<TRequest, TResponse> continuation)
        => continuation(With(context, context.Options.Deadline));

    /// <inheritdoc />
    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncServerStreamingCallContinuation<TRequest, TResponse> continuation)
        => continuation(request, With(context, context.Options.Deadline));

    /// <inheritdoc />
    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        ClientInterceptorContext<TRequest, TResponse> context, AsyncDuplexStreamingCallContinuation<TRequest, TResponse> continuation)
        => continuation(With(context, context.Options.Deadline));

    private ClientInterceptorContext<TRequest, TResponse> With<TRequest, TResponse>(
        ClientInterceptorContext<TRequest, TResponse> context, DateTime? deadline)
        where TRequest : class
        where TResponse : class
    {
        var headers = new Metadata { { "authorization", "Bearer " + Token() } };
        foreach (var header in context.Options.Headers ?? [])
        {
            headers.Add(header);
        }

        var options = context.Options.WithHeaders(headers);
        return new ClientInterceptorContext<TRequest, TResponse>(
            context.Method, context.Host, deadline is { } end ? options.WithDeadline(end) : options);
    }

    private string Token()
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            if (now >= _renewAt)
            {
                _token = tokens.Issue(service, ServiceTokens.Lifetime);
                _renewAt = now + (ServiceTokens.Lifetime / 2);
            }

            return _token;
        }
    }
}
