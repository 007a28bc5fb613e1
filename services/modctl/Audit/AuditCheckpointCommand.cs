using System.CommandLine;
using System.Text;
using Moderation.Enforcement.Audit;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Audit;

/// <summary><c>modctl audit checkpoint</c>: a checkpoint to keep outside the suite.</summary>
internal static class AuditCheckpointCommand
{
    public static Command Create(Terminal terminal)
    {
        var number = new Option<long>("--number") { Description = "Its number; without it: the latest" };
        var hash = new Option<string>("--hash") { Description = "What its event said: any other checkpoint is refused", HelpName = "HEX" };
        var command = new Command("checkpoint", "Prints a checkpoint: keep it outside the suite, for modctl audit verify --checkpoint.") { number, hash };
        var token = CredentialOptions.Token().AddTo(command);
        command.Calls(terminal, AddressOption.OfEnforcement(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new AuditConnection(address, token.Header(parsed, terminal));
            var checkpoint = await connection.CheckpointAsync(parsed.GetValue(number), cancellationToken);
            var found = Convert.ToHexStringLower(checkpoint.Hash());
            if (parsed.GetValue(hash) is { } told && !found.Equals(told.Trim(), StringComparison.OrdinalIgnoreCase))
            {
                terminal.Error.WriteLine($"Checkpoint {checkpoint.Number} is another than the one that was told: its hash is {found}, not {told}.");
                return 1;
            }

            terminal.Out.Write(Encoding.UTF8.GetString(new CheckpointLine(checkpoint).ToJson()));
            return 0;
        });
        return command;
    }
}
