using System.Diagnostics;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.Logging;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Redis;

namespace Moderation.ServiceDefaults.Errors;

/// <summary>The one place where an unexpected exception becomes a status: nothing of its text leaves the service.</summary>
public sealed partial class ExceptionInterceptor(ILogger<ExceptionInterceptor> logger) : Interceptor
{
    /// <inheritdoc />
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(request, context);
        }
        catch (Exception exception)
        {
            throw Translate(exception, context);
        }
    }

    /// <inheritdoc />
    public override async Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(requestStream, context);
        }
        catch (Exception exception)
        {
            throw Translate(exception, context);
        }
    }

    /// <inheritdoc />
    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(request, responseStream, context);
        }
        catch (Exception exception)
        {
            throw Translate(exception, context);
        }
    }

    /// <inheritdoc />
    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(requestStream, responseStream, context);
        }
        catch (Exception exception)
        {
            throw Translate(exception, context);
        }
    }

    /// <summary>The status for <paramref name="exception"/>, for code that answers inside a stream.</summary>
    public RpcException Translate(Exception exception, ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        switch (exception)
        {
            case RpcException { StatusCode: not StatusCode.Unknown } rpc:
                return rpc;
            case OperationCanceledException when context.CancellationToken.IsCancellationRequested:
                return context.Deadline < DateTime.UtcNow
                    ? RpcErrors.Create(ErrorReason.DeadlineExceeded)
                    : new RpcException(new Status(StatusCode.Cancelled, "The call was cancelled."));
            case IOException when context.CancellationToken.IsCancellationRequested:
                return new RpcException(new Status(StatusCode.Cancelled, "The call was cancelled."));
            case Exception when StoreFaults.IsUnavailable(exception):
                LogStoreUnavailable(context.Method, exception.GetType().Name);
                return RpcErrors.Create(ErrorReason.DependencyUnavailable, ("dependency", "redis"));
            default:
                var traceId = Activity.Current?.TraceId.ToString() ?? context.GetHttpContext().TraceIdentifier;
                LogUnexpected(exception, context.Method, traceId);
                return RpcErrors.Create(ErrorReason.Internal, ("trace_id", traceId));
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Method}: the store did not answer ({Kind})")]
    private partial void LogStoreUnavailable(string method, string kind);

    [LoggerMessage(LogLevel.Error, "{Method} failed unexpectedly; trace {TraceId}")]
    private partial void LogUnexpected(Exception exception, string method, string traceId);
}
