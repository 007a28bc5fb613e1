using System.Collections.Frozen;
using Google.Protobuf.Reflection;
using Google.Rpc;
using Grpc.Core;
using Moderation.Contracts.V1;

namespace Moderation.Client;

/// <summary>Reads the errors of the contract: one reason each, and all field violations at once.</summary>
public static class ModerationErrors
{
    private const string Domain = "moderation";
    private const string Prefix = "ERROR_REASON_";

    private static readonly FrozenDictionary<string, ErrorReason> Reasons = ErrorReflection.Descriptor
        .FindTypeByName<EnumDescriptor>(nameof(ErrorReason)).Values.ToFrozenDictionary(v => v.Name[Prefix.Length..], v => (ErrorReason)v.Number);

    /// <summary>Why a call failed; UNSPECIFIED when the failure carries no reason of the contract (the network, a proxy).</summary>
    public static ErrorReason ReasonOf(RpcException failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        return failure.GetRpcStatus()?.GetDetail<ErrorInfo>() is { Domain: Domain } info ? Reasons.GetValueOrDefault(info.Reason) : ErrorReason.Unspecified;
    }

    /// <summary>The fields that are wrong, each with what would be right; empty unless the reason is INVALID_FIELDS or the like.</summary>
    public static IReadOnlyList<(string Field, string Description)> ViolationsOf(RpcException failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        return [.. (failure.GetRpcStatus()?.GetDetail<BadRequest>()?.FieldViolations ?? []).Select(v => (v.Field, v.Description))];
    }
}
