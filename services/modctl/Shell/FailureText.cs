using System.Net.Sockets;
using Google.Rpc;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.ModCtl.Shell;

/// <summary>Says in plain words why a call failed.</summary>
internal static class FailureText
{
    /// <summary>Writes reason, message, field violations and metadata; for a failure of the way there, what to try.</summary>
    public static void Write(TextWriter error, RpcException failure, Uri? address)
    {
        var status = failure.GetRpcStatus();
        if (status?.GetDetail<ErrorInfo>() is not { } info)
        {
            error.WriteLine($"Error: {Transport(failure, address)}");
            return;
        }

        error.WriteLine($"Error: {info.Reason}: {Printable(status.Message)}");
        foreach (var violation in status.GetDetail<BadRequest>()?.FieldViolations ?? [])
        {
            error.WriteLine($"  {Printable(violation.Field)} {Printable(violation.Description)}");
        }

        foreach (var (key, value) in info.Metadata.OrderBy(m => m.Key, StringComparer.Ordinal))
        {
            error.WriteLine($"  {Printable(key)}: {Printable(value)}");
        }
    }

    /// <summary>The reason as the contract names it, such as <c>MEDIA_REJECTED</c>; the gRPC status where a failure has none.</summary>
    public static string Reason(RpcException failure) => ProtoNames.Of(RpcErrors.ReasonOf(failure)) is var name && name != "UNSPECIFIED"
        ? name
        : ProtoNames.UpperSnake(failure.StatusCode.ToString());

    /// <summary>One line about <paramref name="failure"/>.</summary>
    public static string OneLine(RpcException failure)
    {
        var status = failure.GetRpcStatus();
        var violations = status?.GetDetail<BadRequest>()?.FieldViolations.Select(v => $"{v.Field} {v.Description}") ?? [];
        var metadata = status?.GetDetail<ErrorInfo>()?.Metadata.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => $"{m.Key}: {m.Value}") ?? [];
        var said = string.Join("; ", violations);
        var facts = string.Join(", ", metadata);
        return Printable((said.Length > 0 ? said : failure.Status.Detail) + (facts.Length > 0 ? $" ({facts})" : ""));
    }

    /// <summary><paramref name="text"/> without control characters, which could steer the terminal.</summary>
    public static string Printable(string text)
        => string.Create(text.Length, text, (span, from) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = char.IsControl(from[i]) ? ' ' : from[i];
            }
        });

    private static string Transport(RpcException failure, Uri? address)
    {
        var cause = failure.Status.DebugException;
        while (cause is not (null or SocketException))
        {
            cause = cause.InnerException;
        }

        return (failure.StatusCode, cause) switch
        {
            (_, SocketException { SocketErrorCode: SocketError.ConnectionRefused }) =>
                $"nothing listens at {address}. Is the suite running there (make run starts one), and is this its gRPC port? Say where with --address.",
            (_, SocketException { SocketErrorCode: not SocketError.ConnectionReset } socket) =>
                $"{address} can't be reached: {Printable(socket.Message)}. Check the host and port in --address.",
            _ when failure.Status.Detail.Contains("HTTP_1_1_REQUIRED", StringComparison.Ordinal) =>
                $"{address} takes HTTP/1.1 only, so it is a REST or metrics port; give the service's gRPC port with --address.",
            (StatusCode.Internal or StatusCode.Unavailable, _) =>
                $"{address} closed the connection ({Printable(failure.Status.Detail)}). "
                + "If it is a REST or metrics port, which take HTTP/1.1 only, give the service's gRPC port with --address; else try again.",
            (StatusCode.DeadlineExceeded, _) => $"{address} did not answer in time. Try again; if it stays so, look at the service's health.",
            (StatusCode.Unimplemented, _) => $"what answers at {address} does not have this call. Is it another service's port? Say where with --address.",
            (StatusCode.Unauthenticated, _) => $"{address} refused the credential: {Printable(failure.Status.Detail)}",
            _ => $"{address} failed with {ProtoNames.UpperSnake(failure.StatusCode.ToString())}: {Printable(failure.Status.Detail)}",
        };
    }
}
