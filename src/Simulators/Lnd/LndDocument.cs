using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Coordinator.Bitcoin;
using Coordinator.Lightning;

namespace Coordinator.Simulators.Lnd;

/// <summary>The whole model as one document.</summary>
/// <param name="Journal">Number of the file that tells what changed since.</param>
public sealed record LndDocument(
    int Height, string BlockHash, long BlockTime, ulong HtlcCounter, long RoutingFeesMsat, ImmutableArray<LndNodeDocument> Nodes, long Journal = 0)
{
    internal static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower), new HashConverter(), new PreimageConverter() },
    };

    /// <summary>UTF-8 JSON. Holds keys and preimages: it is a simulator's, never a real node's.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    /// <summary>Reads <see cref="ToJson"/>.</summary>
    /// <exception cref="InvalidDataException">Not such a document.</exception>
    public static LndDocument FromJson(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize<LndDocument>(json, Json) ?? throw new InvalidDataException("the node database is empty");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"the node database cannot be read: {e.Message}", e);
        }
    }

    private sealed class HashConverter : JsonConverter<PaymentHash>
    {
        public override PaymentHash Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            PaymentHash.TryParse(reader.GetString(), out var hash) ? hash : throw new JsonException("not a payment hash");

        public override void Write(Utf8JsonWriter writer, PaymentHash value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }

    private sealed class PreimageConverter : JsonConverter<Preimage>
    {
        public override Preimage Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Preimage.TryParse(reader.GetString()) ?? throw new JsonException("not a preimage");

        public override void Write(Utf8JsonWriter writer, Preimage value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.RevealHex());
    }
}

/// <summary>One node in the document.</summary>
public sealed record LndNodeDocument(
    string Name, string Key, string Macaroon, long InitialMsat, long CapacityMsat, long LocalMsat, long OutgoingMsat, long IncomingMsat,
    ulong AddIndex, ulong SettleIndex, ulong PaymentIndex,
    ImmutableArray<SimulatedInvoice> Invoices, ImmutableArray<SimulatedPayment> Payments);

public sealed partial class LndModel
{
    /// <summary>The whole state; also from inside <see cref="Changed"/>.</summary>
    public LndDocument Export()
    {
        lock (_gate)
        {
            return new LndDocument(_height, _blockHash, _blockTime, _htlcCounter, _routingFees, [.. _nodes.Values.Select(ToDocument)]);
        }
    }

    /// <summary>The same without invoices and payments; also from inside <see cref="Changed"/>.</summary>
    public LndDocument ExportHeads()
    {
        lock (_gate)
        {
            return new LndDocument(_height, _blockHash, _blockTime, _htlcCounter, _routingFees, [.. _nodes.Values.Select(ToHead)]);
        }
    }

    /// <summary>Replaces the state. As a node does after a restart, payments without an HTLC fail and what is overdue is
    /// cancelled.</summary>
    /// <exception cref="InvalidDataException">A key cannot be read, or the document breaks the invariants.</exception>
    public void Import(LndDocument document)
    {
        lock (_gate)
        {
            _nodes.Clear();
            (_height, _blockHash, _blockTime) = (document.Height, document.BlockHash, document.BlockTime);
            (_htlcCounter, _routingFees) = (document.HtlcCounter, document.RoutingFeesMsat);
            foreach (var stored in document.Nodes)
            {
                _nodes.Add(stored.Name, Restore(stored));
            }

            try
            {
                LndInvariants.Check([.. _nodes.Values], _routingFees);
            }
            catch (InvalidOperationException e)
            {
                throw new InvalidDataException(e.Message, e);
            }
        }

        Recover();
    }

    /// <summary>What a node does when it starts again on its database.</summary>
    public void Recover()
    {
        Step(() =>
        {
            var any = false;
            foreach (var node in _nodes.Values)
            {
                foreach (var payment in node.Payments.Values.Where(p => p.Status == PaymentStatus.InFlight && !p.HasHtlc).ToArray())
                {
                    Fail(node, payment.Hash, PaymentFailure.NoRoute);
                    any = true;
                }
            }

            return any;
        });
        SetHeight(Height);
    }

    private static LndNodeDocument ToDocument(LndNode node) => ToHead(node) with
    {
        Invoices = [.. node.Invoices.Values.OrderBy(invoice => invoice.AddIndex)],
        Payments = [.. node.Payments.Values.OrderBy(payment => payment.Index)],
    };

    private static LndNodeDocument ToHead(LndNode node) => new(
        node.Name, Hex.Encode(node.Key.ToBytes()), node.MacaroonHex, node.InitialMsat, node.CapacityMsat, node.LocalMsat,
        node.OutgoingMsat, node.IncomingMsat, node.AddIndex, node.SettleIndex, node.PaymentIndex, [], []);

    private static LndNode Restore(LndNodeDocument stored)
    {
        var node = new LndNode
        {
            Name = stored.Name,
            Key = Hex.TryDecode(stored.Key, 32, out var bytes) && SecretKey.TryFrom(bytes) is { } key
                ? key
                : throw new InvalidDataException($"the key of node '{stored.Name}' cannot be read"),
            MacaroonHex = stored.Macaroon,
            InitialMsat = stored.InitialMsat,
            CapacityMsat = stored.CapacityMsat,
            LocalMsat = stored.LocalMsat,
            OutgoingMsat = stored.OutgoingMsat,
            IncomingMsat = stored.IncomingMsat,
            AddIndex = stored.AddIndex,
            SettleIndex = stored.SettleIndex,
            PaymentIndex = stored.PaymentIndex,
        };
        foreach (var invoice in stored.Invoices)
        {
            node.Invoices.Add(invoice.Hash, invoice);
        }

        foreach (var payment in stored.Payments)
        {
            node.Payments.Add(payment.Hash, payment);
        }

        return node;
    }
}
