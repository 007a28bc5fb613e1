using Grpc.Core;
using Moderation.Contracts.V1;

namespace Moderation.ServiceDefaults.Errors;

/// <summary>A field that is wrong, and what would be right.</summary>
/// <param name="Field">Path of the field in the request, in proto names: <c>post.media[2].media_id</c>.</param>
/// <param name="Description">What would be right. Never the value itself when it may be a person's.</param>
public readonly record struct FieldViolation(string Field, string Description);

/// <summary>Collects all violations of a request, so that they are told at once.</summary>
public sealed class FieldViolations
{
    private readonly List<FieldViolation> _violations = [];

    /// <summary>Whether anything is wrong so far.</summary>
    public bool Any => _violations.Count > 0;

    /// <summary>Adds one.</summary>
    public void Add(string field, string description) => _violations.Add(new FieldViolation(field, description));

    /// <summary>Adds one unless <paramref name="condition"/> holds.</summary>
    public void Require(bool condition, string field, string description)
    {
        if (!condition)
        {
            Add(field, description);
        }
    }

    /// <summary>Requires an id: 1..<paramref name="max"/> characters of A-Z a-z 0-9 . _ : -</summary>
    public void RequireId(string value, string field, int max = 128)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (value.Length == 0 || value.Length > max || !value.AsSpan().TrimStart(IdCharacters).IsEmpty)
        {
            Add(field, $"must be 1..{max} characters of A-Z a-z 0-9 . _ : -");
        }
    }

    /// <summary>Requires a name: 1..64 characters of a-z 0-9 and -.</summary>
    public void RequireName(string value, string field)
    {
        ArgumentNullException.ThrowIfNull(value);
        Require(IsName(value), field, "must be " + NameRule);
    }

    /// <summary>What a name must be.</summary>
    public const string NameRule = "1..64 characters of a-z 0-9 and -";

    /// <summary>Whether <paramref name="value"/> is a name, as tenants and keys have one.</summary>
    public static bool IsName(string value) => value is { Length: > 0 and <= 64 } && value.AsSpan().TrimStart(NameCharacters).IsEmpty;

    /// <summary>Throws INVALID_FIELDS with all of them, if there are any.</summary>
    public void ThrowIfAny()
    {
        if (Any)
        {
            throw ToException();
        }
    }

    /// <summary>INVALID_FIELDS with all of them.</summary>
    public RpcException ToException() => RpcErrors.Create(ErrorReason.InvalidFields, Summary(), _violations);

    private const string NameCharacters = "abcdefghijklmnopqrstuvwxyz0123456789-";
    private const string IdCharacters = NameCharacters + "ABCDEFGHIJKLMNOPQRSTUVWXYZ._:";

    private string Summary() => string.Join("; ", _violations.Take(5).Select(v => $"{v.Field} {v.Description}"));
}
