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
        return exception is OperationCanceledException && context.CancellationToken.IsCancellationRequested && context.Deadline < DateTime.UtcNow
            ? RpcErrors.Create(ErrorReason.DeadlineExceeded)
            : Translate(exception, context.Method);
    }

    /// <summary>The status for <paramref name="exception"/>, for code that answers outside of RPCs.</summary>
    /// <param name="exception">What was thrown.</param>
    /// <param name="method">What was called, for the log.</param>
    public RpcException Translate(Exception exception, string method)
    {
        switch (exception)
        {
            case RpcException rpc when rpc.GetRpcStatus()?.GetDetail<Google.Rpc.ErrorInfo>() is not null:
                return rpc;
            case RpcException { StatusCode: StatusCode.Unavailable } rpc:
                // A service behind this one can't be reached; what the transport says of it is for the log.
                LogServiceUnavailable(method, rpc.Status.Detail);
                return RpcErrors.Create(ErrorReason.DependencyUnavailable, ("dependency", "service"));
            case RpcException { StatusCode: StatusCode.DeadlineExceeded }:
                return RpcErrors.Create(ErrorReason.DeadlineExceeded);
            case RpcException { StatusCode: not (StatusCode.Unknown or StatusCode.Internal) } rpc:
                return rpc;
            case OperationCanceledException or IOException: // the caller went away; nothing that is called here does file I/O
                return new RpcException(new Status(StatusCode.Cancelled, "The call was cancelled."));
            case Exception when StoreFaults.IsUnavailable(exception):
                LogStoreUnavailable(method, exception.GetType().Name);
                return RpcErrors.Create(ErrorReason.DependencyUnavailable, ("dependency", "redis"));
            default:
                var traceId = Activity.Current?.TraceId.ToString() ?? Guid.NewGuid().ToString("n");
                LogUnexpected(exception, method, traceId);
                return RpcErrors.Create(ErrorReason.Internal, ("trace_id", traceId));
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Method}: the store did not answer ({Kind})")]
    private partial void LogStoreUnavailable(string method, string kind);

    [LoggerMessage(LogLevel.Warning, "{Method}: a service behind this one did not answer ({Detail})")]
    private partial void LogServiceUnavailable(string method, string detail);

    [LoggerMessage(LogLevel.Error, "{Method} failed unexpectedly; trace {TraceId}")]
    private partial void LogUnexpected(Exception exception, string method, string traceId);
}
