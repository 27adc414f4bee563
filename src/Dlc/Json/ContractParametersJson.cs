using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Coordinator.Bitcoin;

namespace Coordinator.Dlc;

/// <summary>The JSON of <see cref="ContractParameters"/>: written as dlctix writes it, read in any member order, unknown members ignored.</summary>
internal static class ContractParametersJson
{
    private const string What = "contract parameters";

    public static byte[] Write(ContractParameters parameters)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true }))
        {
            Write(writer, parameters);
        }

        return buffer.WrittenSpan.ToArray();
    }

    public static void Write(Utf8JsonWriter writer, ContractParameters parameters)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("market_maker"u8);
        writer.WriteString("pubkey"u8, parameters.MarketMaker.PublicKey.ToHex());
        writer.WriteEndObject();
        WritePlayers(writer, parameters.Players);
        WriteEvent(writer, parameters.Event);
        WritePayouts(writer, parameters.OutcomePayouts);
        writer.WriteNumber("fee_rate"u8, parameters.FeeRateSatPerKwu);
        writer.WriteNumber("funding_value"u8, parameters.FundingSatoshis);
        writer.WriteNumber("relative_locktime_block_delta"u8, parameters.RelativeLocktimeBlockDelta);
        if (parameters.AnchorSatoshis is { } anchor)
        {
            writer.WriteStartObject("anchor"u8);
            writer.WriteNumber("value"u8, anchor);
            writer.WriteEndObject();
        }

        if (parameters.OutcomeBoundSplits)
        {
            writer.WriteBoolean("outcome_bound_splits"u8, true);
        }

        writer.WriteEndObject();
    }

    private static void WritePlayers(Utf8JsonWriter writer, ImmutableArray<Player> players)
    {
        writer.WriteStartArray("players"u8);
        foreach (var player in players)
        {
            writer.WriteStartObject();
            writer.WriteString("pubkey"u8, player.PublicKey.ToHex());
            writer.WriteString("ticket_hash"u8, player.TicketHash.ToHex());
            writer.WriteString("payout_hash"u8, player.PayoutHash.ToHex());
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteEvent(Utf8JsonWriter writer, EventLockingConditions conditions)
    {
        writer.WriteStartObject("event"u8);
        writer.WriteStartArray("locking_points"u8);
        foreach (var point in conditions.LockingPoints)
        {
            writer.WriteStringValue(point?.ToHex() ?? new string('0', 66));
        }

        writer.WriteEndArray();
        if (conditions.Expiry is { } expiry)
        {
            writer.WriteNumber("expiry"u8, expiry);
        }
        else
        {
            writer.WriteNull("expiry"u8);
        }

        writer.WriteEndObject();
    }

    private static void WritePayouts(Utf8JsonWriter writer, OutcomePayouts payouts)
    {
        writer.WriteStartObject("outcome_payouts"u8);
        foreach (var (outcome, weights) in payouts.Entries)
        {
            writer.WriteStartObject(outcome.ToString());
            foreach (var (player, weight) in weights.Winners)
            {
                writer.WriteNumber(player.ToString(CultureInfo.InvariantCulture), weight);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    public static ContractParameters Read(ReadOnlySpan<byte> utf8)
        => StrictJson.ReadDocument(utf8, ContractParameters.MaxJsonBytes, What, Read);

    public static ContractParameters Read(ref Utf8JsonReader reader)
    {
        var draft = new Draft();
        StrictJson.ReadObject(ref reader, What, draft.ReadMember);
        return draft.Finish();
    }

    private static Player ReadPlayer(ref Utf8JsonReader reader)
    {
        PublicKey? key = null;
        Hashlock? ticket = null, payout = null;
        StrictJson.ReadObject(ref reader, "players", (string name, ref Utf8JsonReader value) =>
        {
            switch (name)
            {
                case "pubkey":
                    StrictJson.Once(ref key, StrictJson.ReadPublicKey(ref value, "players.pubkey"), "players.pubkey");
                    break;
                case "ticket_hash":
                    StrictJson.Once(ref ticket, ReadHash(ref value, "players.ticket_hash"), "players.ticket_hash");
                    break;
                case "payout_hash":
                    StrictJson.Once(ref payout, ReadHash(ref value, "players.payout_hash"), "players.payout_hash");
                    break;
                default:
                    value.Skip();
                    break;
            }
        });
        return new Player(
            StrictJson.Needed(key, "players.pubkey"),
            StrictJson.Needed(ticket, "players.ticket_hash"),
            StrictJson.Needed(payout, "players.payout_hash"));
    }

    private static Hashlock ReadHash(ref Utf8JsonReader reader, string what) => Hashlock.FromHash(StrictJson.ReadHex(ref reader, 32, what));

    private static MarketMaker ReadMarketMaker(ref Utf8JsonReader reader)
    {
        PublicKey? key = null;
        StrictJson.ReadObject(ref reader, "market_maker", (string name, ref Utf8JsonReader value) =>
        {
            if (name == "pubkey")
            {
                StrictJson.Once(ref key, StrictJson.ReadPublicKey(ref value, "market_maker.pubkey"), "market_maker.pubkey");
            }
            else
            {
                value.Skip();
            }
        });
        return new MarketMaker(StrictJson.Needed(key, "market_maker.pubkey"));
    }

    private static EventLockingConditions ReadEvent(ref Utf8JsonReader reader)
    {
        List<PublicKey?>? points = null;
        uint? expiry = null;
        var expirySeen = false;
        StrictJson.ReadObject(ref reader, "event", (string name, ref Utf8JsonReader value) =>
        {
            switch (name)
            {
                case "locking_points":
                    StrictJson.Once(ref points, StrictJson.ReadArray(ref value, "event.locking_points", ReadLockingPoint), "event.locking_points");
                    break;
                case "expiry":
                    expiry = expirySeen ? throw StrictJson.Twice("event.expiry")
                        : value.TokenType == JsonTokenType.Null ? null : StrictJson.ReadUInt32(ref value, "event.expiry");
                    expirySeen = true;
                    break;
                default:
                    value.Skip();
                    break;
            }
        });
        return new EventLockingConditions([.. StrictJson.Needed(points, "event.locking_points")], expiry);
    }

    private static PublicKey? ReadLockingPoint(ref Utf8JsonReader reader)
    {
        var bytes = StrictJson.ReadHex(ref reader, 33, "event.locking_points");
        return bytes.AsSpan().ContainsAnyExcept((byte)0)
            ? PublicKey.TryParse(bytes) ?? throw new DlcFormatException("event.locking_points: not a point of the curve")
            : null;
    }

    private static OutcomePayouts ReadPayouts(ref Utf8JsonReader reader)
    {
        var entries = new List<OutcomePayout>();
        StrictJson.ReadObject(ref reader, "outcome_payouts", (string name, ref Utf8JsonReader value) =>
        {
            var outcome = Outcome.TryParse(name) ?? throw new DlcFormatException("outcome_payouts: a key is neither att<N> nor exp");
            entries.Add(new OutcomePayout(outcome, ReadWeights(outcome, ref value)));
        });
        return Distinct(() => OutcomePayouts.Of(entries), "outcome_payouts");
    }

    private static PayoutWeights ReadWeights(Outcome outcome, ref Utf8JsonReader reader)
    {
        var what = $"outcome_payouts.{outcome}";
        var winners = new List<PayoutWeight>();
        StrictJson.ReadObject(ref reader, what, (string name, ref Utf8JsonReader value) =>
        {
            if (!CanonicalIndex.TryParse(name, out var player))
            {
                throw new DlcFormatException($"{what}: a key is not a player index");
            }

            winners.Add(new PayoutWeight(player, StrictJson.ReadUInt64(ref value, what)));
        });
        return Distinct(() => PayoutWeights.Of(winners), what);
    }

    private static T Distinct<T>(Func<T> build, string what)
    {
        try
        {
            return build();
        }
        catch (ArgumentException twice)
        {
            throw new DlcFormatException($"{what}: a key occurs twice", twice);
        }
    }

    private sealed class Draft
    {
        private MarketMaker? _marketMaker;
        private List<Player>? _players;
        private EventLockingConditions? _event;
        private OutcomePayouts? _payouts;
        private ulong? _feeRate;
        private ulong? _funding;
        private ushort? _delta;
        private ulong? _anchor;
        private bool _anchorSeen;
        private bool? _bound;

        public void ReadMember(string name, ref Utf8JsonReader value)
        {
            switch (name)
            {
                case "market_maker":
                    StrictJson.Once(ref _marketMaker, ReadMarketMaker(ref value), name);
                    break;
                case "players":
                    StrictJson.Once(ref _players, StrictJson.ReadArray(ref value, name, ReadPlayer), name);
                    break;
                case "event":
                    StrictJson.Once(ref _event, ReadEvent(ref value), name);
                    break;
                case "outcome_payouts":
                    StrictJson.Once(ref _payouts, ReadPayouts(ref value), name);
                    break;
                case "fee_rate":
                    StrictJson.Once(ref _feeRate, StrictJson.ReadUInt64(ref value, name), name);
                    break;
                case "funding_value":
                    StrictJson.Once(ref _funding, StrictJson.ReadUInt64(ref value, name), name);
                    break;
                case "relative_locktime_block_delta":
                    StrictJson.Once(ref _delta, StrictJson.ReadUInt16(ref value, name), name);
                    break;
                case "anchor":
                    _anchor = _anchorSeen ? throw StrictJson.Twice(name) : ReadAnchor(ref value);
                    _anchorSeen = true;
                    break;
                case "outcome_bound_splits":
                    StrictJson.Once(ref _bound, StrictJson.ReadBoolean(ref value, name), name);
                    break;
                default:
                    value.Skip();
                    break;
            }
        }

        public ContractParameters Finish() => new()
        {
            MarketMaker = StrictJson.Needed(_marketMaker, "market_maker"),
            Players = [.. StrictJson.Needed(_players, "players")],
            Event = StrictJson.Needed(_event, "event"),
            OutcomePayouts = StrictJson.Needed(_payouts, "outcome_payouts"),
            FeeRateSatPerKwu = StrictJson.Needed(_feeRate, "fee_rate"),
            FundingSatoshis = StrictJson.Needed(_funding, "funding_value"),
            RelativeLocktimeBlockDelta = StrictJson.Needed(_delta, "relative_locktime_block_delta"),
            AnchorSatoshis = _anchor,
            OutcomeBoundSplits = _bound ?? false,
        };

        private static ulong? ReadAnchor(ref Utf8JsonReader reader)
        {
            if (reader.TokenType == JsonTokenType.Null)
            {
                return null;
            }

            ulong? amount = null;
            StrictJson.ReadObject(ref reader, "anchor", (string name, ref Utf8JsonReader value) =>
            {
                if (name == "value")
                {
                    StrictJson.Once(ref amount, StrictJson.ReadUInt64(ref value, "anchor.value"), "anchor.value");
                }
                else
                {
                    value.Skip();
                }
            });
            return StrictJson.Needed(amount, "anchor.value");
        }
    }
}
