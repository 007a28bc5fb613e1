using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;
using Moderation.Testing;

namespace Moderation.Access.Tests;

/// <summary>Who is let in where: access-matrix.csv, a row an RPC and a column a caller. A person reads and reviews it.</summary>
internal static class AccessMatrix
{
    /// <summary>The call passed the door; what it then answers is another matter.</summary>
    public const string In = "in";

    public static readonly IReadOnlyList<Role> Roles = [.. Person.EveryRole.Order()];

    /// <summary>The columns. All calls are about the tenant "mine".</summary>
    public static readonly IReadOnlyList<string> Callers =
    [
        "none", "key", "key-without-scope", "key-of-other", "service",
        .. Roles.SelectMany(r => new[] { Person.NameOf(r), $"{Person.NameOf(r)}-elsewhere", $"{Person.NameOf(r)}-everywhere" }),
    ];

    private static readonly ErrorReason[] Refusals =
    [
        ErrorReason.Unauthenticated, ErrorReason.AccessDenied, ErrorReason.RoleDenied, ErrorReason.ScopeDenied, ErrorReason.TenantDenied,
    ];

    public static string File { get; } = Repository.PathOf("tests", "Access.Tests", "access-matrix.csv");

    /// <summary>The file: RPC to caller to outcome.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Read()
    {
        var lines = System.IO.File.ReadAllLines(File);
        var callers = lines[0].Split(',')[1..];
        return lines[1..].Select(l => l.Split(',')).ToDictionary(
            cells => cells[0],
            IReadOnlyDictionary<string, string> (cells) => callers.Zip(cells[1..]).ToDictionary(c => c.First, c => c.Second, StringComparer.Ordinal),
            StringComparer.Ordinal);
    }

    public static void Write(IEnumerable<(string Rpc, IReadOnlyDictionary<string, string> Outcomes)> rows) => System.IO.File.WriteAllLines(
        File,
        rows.OrderBy(r => r.Rpc, StringComparer.Ordinal).Select(r => string.Join(',', Callers.Select(c => r.Outcomes[c]).Prepend(r.Rpc)))
            .Prepend(string.Join(',', Callers.Prepend("rpc"))));

    /// <summary>What becomes of a call of each caller, tried at a running suite.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> TryAsync(AccessFixture access, AccessRule rule)
    {
        var outcomes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var caller in Callers)
        {
            outcomes[caller] = await TryAsync(access, rule, await HeadersAsync(access, caller, rule.Scope));
        }

        return outcomes;
    }

    private static async Task<string> TryAsync(AccessFixture access, AccessRule rule, Metadata headers)
    {
        try
        {
            await AnyRpc.CallAsync(
                access.Suite.Channel(AnyRpc.HostOf(rule.Method)), rule.Method, AnyRpc.Nonsense(rule.Method.InputType, AccessFixture.Mine), headers);
            return In;
        }
        catch (RpcException failure)
        {
            var reason = RpcErrors.ReasonOf(failure);
            return Refusals.Contains(reason) ? failure.GetRpcStatus()!.GetDetail<Google.Rpc.ErrorInfo>()!.Reason // a reason is only in an ErrorInfo
                : failure.StatusCode is StatusCode.Unimplemented or StatusCode.Internal or StatusCode.Unavailable or StatusCode.Unknown or StatusCode.DeadlineExceeded
                    ? failure.StatusCode.ToString()
                    : In;
        }
    }

    private static Task<Metadata> HeadersAsync(AccessFixture access, string caller, Scope scope)
    {
        var everything = ApiKeyScopes.All.ToArray();
        return caller switch
        {
            "none" => Task.FromResult(new Metadata()),
            "key" => access.KeyAsync(AccessFixture.Mine, scope == Scope.Unspecified ? everything : [scope]),
            "key-without-scope" => access.KeyAsync(AccessFixture.Mine, [.. everything.Where(s => s != scope)]),
            "key-of-other" => access.KeyAsync(AccessFixture.Other, everything),
            "service" => Task.FromResult(access.Service(AccessFixture.Mine)),
            _ => Task.FromResult(access.Person(
                Person.RoleNamed(caller.Split('-')[0]) ?? throw new NotSupportedException(caller),
                caller.Split('-') switch
                {
                    [_, "elsewhere"] => AccessFixture.Other,
                    [_, "everywhere"] => Person.AllTenants,
                    _ => AccessFixture.Mine,
                },
                AccessFixture.Mine)),
        };
    }
}
