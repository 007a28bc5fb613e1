using Google.Protobuf.Reflection;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;
using Xunit;

namespace Moderation.ServiceDefaults.Tests.Auth;

public sealed class AccessRuleTests
{
    [Fact]
    public void Contract_has_no_faults() => Assert.Empty(AccessTable.Faults);

    [Theory]
    [InlineData("", "has no access option")]
    [InlineData("access:people", "is for people and names no roles")]
    [InlineData("access:public", "is for platforms and names no scope")]
    [InlineData("access:either role:lead", "is for platforms and names no scope")]
    [InlineData("access:either scope:read", "is for people and names no roles")]
    [InlineData("access:public scope:read role:lead", "names roles and is not for people")]
    [InlineData("access:internal scope:read", "names a scope and is not for platforms")]
    [InlineData("access:people role:platform", "names a role that no person has")]
    [InlineData("access:either role:lead scope:read wide", "is installation_wide and not for people alone")]
    [InlineData("access:people role:lead stream", "is for people and streams its requests, whose tenants nobody would look at")]
    public void Faults_of_options_that_do_not_say_who_may_call_are_told(string options, string fault)
        => Assert.Equal([fault], new AccessRule(Method(options)).Faults());

    [Theory]
    [InlineData("access:internal")]
    [InlineData("access:public scope:read")]
    [InlineData("access:people role:lead")]
    [InlineData("access:people role:lead wide")]
    [InlineData("access:either role:lead scope:read")]
    public void Faults_of_options_that_say_who_may_call_are_none(string options) => Assert.Empty(new AccessRule(Method(options)).Faults());

    [Theory]
    [InlineData(Role.Lead, Role.Reviewer, true)]
    [InlineData(Role.Reviewer, Role.Lead, false)]
    [InlineData(Role.Admin, Role.Reviewer, false)]
    [InlineData(Role.Admin, Role.Auditor, false)]
    [InlineData(Role.Policy, Role.Reviewer, false)]
    [InlineData(Role.Auditor, Role.Auditor, true)]
    public void Lead_includes_reviewer_and_no_other_role_includes_one(Role has, Role needed, bool may)
        => Assert.Equal(may, Caller.OfPerson(Person.Of("ana", [has], ["acme"]), null).Roles.Contains(needed));

    [Theory]
    [InlineData("acme", "acme", true)]
    [InlineData("acme", "globex", false)]
    [InlineData("acme", "*", false)]
    [InlineData("*", "globex", true)]
    public void Person_may_act_for_their_tenants_only(string has, string tenant, bool may)
        => Assert.Equal(may, Caller.OfPerson(Person.Of("ana", [Role.Lead], [has]), null).MayAct(tenant));

    [Fact]
    public void Person_without_tenants_may_act_for_none() => Assert.False(Caller.OfPerson(Person.Of("ana", [Role.Lead], []), null).MayAct("acme"));

    [Fact]
    public void Request_of_another_tenant_is_refused_wherever_it_names_it()
    {
        var ana = Caller.OfPerson(Person.Of("ana", [Role.Admin], ["acme"]), null);
        Assert.Equal(ErrorReason.TenantDenied, Refusal("CreateApiKey", ana, new CreateApiKeyRequest { TenantId = "globex" }));
        Assert.Equal(ErrorReason.InvalidFields, Refusal("CreateApiKey", ana, new CreateApiKeyRequest()));
        Assert.Null(Refusal("CreateApiKey", ana, new CreateApiKeyRequest { TenantId = "acme" }));

        // Deeper: in a message, and in a list of messages.
        Assert.Equal(ErrorReason.TenantDenied, Refusal("DecideStream", ana, Stream("acme", "globex")));
        Assert.Null(Refusal("DecideStream", ana, Stream("acme", "acme")));
        Assert.Null(Refusal("DecideStream", Caller.OfPerson(Person.OfEverything("eve"), null), Stream("acme", "globex")));
        Assert.Null(Refusal("DecideStream", Caller.OfService("ingest", null), Stream("acme", "globex")));
        Assert.Equal(ErrorReason.TenantDenied, Refusal("DecideStream", Caller.OfKey("acme", "key", ApiKeyScopes.All), Stream("globex")));
    }

    [Fact]
    public void Tenant_that_a_request_names_is_the_tenant_of_the_call()
    {
        var rule = AccessTable.Rules["/moderation.enforcement.v1.EnforcementService/CreateApiKey"];
        var eve = Caller.OfPerson(Person.Of("eve", [Role.Admin], ["acme", "globex"]), "acme");
        Assert.Equal("globex", rule.Require(eve, new CreateApiKeyRequest { TenantId = "globex" }).TenantId);
        Assert.Equal("acme", Caller.OfPerson(Person.Of("ana", [Role.Admin], ["acme"]), null).TenantId);
        Assert.Null(Caller.OfPerson(Person.OfEverything("dev"), null).TenantId);
    }

    private static ErrorReason? Refusal(string method, Caller caller, object request)
    {
        try
        {
            AccessTable.Rules[$"/moderation.enforcement.v1.EnforcementService/{method}"].Require(caller, request);
            return null;
        }
        catch (RpcException refused)
        {
            return RpcErrors.ReasonOf(refused);
        }
    }

    private static DecideStreamRequest Stream(params string[] tenants)
        => new() { Calls = { tenants.Select(t => new DecideStreamCall { Request = new DecidePostRequest { TenantId = t } }) } };

    // A method with these options, built as the compiler of protos would.
    private static MethodDescriptor Method(string options)
    {
        var method = new MethodDescriptorProto { Name = "Try", InputType = ".try.TryRequest", OutputType = ".try.TryRequest", Options = new MethodOptions() };
        foreach (var option in options.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            switch (option.Split(':'))
            {
                case ["access", "either"]:
                    method.Options.SetExtension(AccessExtensions.Access, Access.PublicOrPeople);
                    break;
                case ["access", var access]:
                    method.Options.SetExtension(AccessExtensions.Access, Enum.Parse<Access>(access, ignoreCase: true));
                    break;
                case ["role", var role]:
                    method.Options.GetOrInitializeExtension(AccessExtensions.Roles).Add(Enum.Parse<Role>(role, ignoreCase: true));
                    break;
                case ["scope", var scope]:
                    method.Options.SetExtension(AccessExtensions.Scope, Enum.Parse<Scope>(scope, ignoreCase: true));
                    break;
                case ["wide"]:
                    method.Options.SetExtension(AccessExtensions.InstallationWide, true);
                    break;
                default:
                    method.ClientStreaming = true;
                    break;
            }
        }

        var file = new FileDescriptorProto
        {
            Name = "try.proto",
            Package = "try",
            Syntax = "proto3",
            Dependency = { "moderation/type/v1/access.proto" },
            MessageType = { new DescriptorProto { Name = "TryRequest" } },
            Service = { new ServiceDescriptorProto { Name = "TryService", Method = { method } } },
        };
        var registry = new Google.Protobuf.ExtensionRegistry
        {
            AccessExtensions.Access, AccessExtensions.Roles, AccessExtensions.Scope, AccessExtensions.InstallationWide,
        };
        return FileDescriptor.BuildFromByteStrings(
            [DescriptorReflection.Descriptor.SerializedData, AccessReflection.Descriptor.SerializedData, Google.Protobuf.MessageExtensions.ToByteString(file)], registry)
            [^1].Services.Single().Methods.Single();
    }
}
