using Coordinator.Bitcoin;

namespace Coordinator.Competitions.Tests;

/// <summary>How to get a competition into each of its states.</summary>
internal static class Playbook
{
    public static Played CollectingEntries() => Played.New().Sell(0);

    public static Played CollectingEntriesOf(CompetitionTerms terms) => Played.New(terms).Sell(0);

    public static Played EscrowConfirmed(CompetitionTerms? terms = null, ulong seed = 1) => Played.New(terms, seed).SellAll();

    public static Played EventCreated(CompetitionTerms? terms = null, ulong seed = 1)
    {
        var played = EscrowConfirmed(terms, seed);
        return played.Learn(new OracleEventReady(Given.Hash("announcement"), played.Now));
    }

    public static Played EntriesSubmitted(CompetitionTerms? terms = null, ulong seed = 1)
    {
        var played = EventCreated(terms, seed);
        return played.Learn(new OracleEntriesAccepted(played.Now));
    }

    public static Played ContractCreated(CompetitionTerms? terms = null, ulong seed = 1)
    {
        var played = EntriesSubmitted(terms, seed);
        return played.Learn(new ContractPrepared(Given.Contract(played.Roster), "round 1", played.Now));
    }

    public static Played AwaitingSignatures(CompetitionTerms? terms = null, ulong seed = 1)
    {
        var played = ContractCreated(terms, seed).All((play, player) => play.SendNonces(player));
        return played.Learn(new NoncesAggregated("round 1", Given.Hash("aggregate"), played.Now));
    }

    public static Played SigningComplete(CompetitionTerms? terms = null, ulong seed = 1)
    {
        var played = AwaitingSignatures(terms, seed);
        played.Learn(new OwnPartSigned("round 1", Given.Hash("own"), played.Now)).All((play, player) => play.SendPartials(player));
        return played.Learn(new ContractSigned("round 1", Given.Hash("signed"), played.Now));
    }

    public static Played KeygenPending(CompetitionTerms? terms = null, ulong seed = 1) => ContractCreated(terms ?? Given.KeymeldTerms(), seed);

    /// <summary>Two batches, nothing sent.</summary>
    public static Played RemoteSigning(CompetitionTerms? terms = null, ulong seed = 1)
    {
        var played = KeygenPending(terms, seed).All((play, player) => play.Register(player));
        return played.Learn(new KeygenChecked(played.Keymeld.Id, [played.NewId(), played.NewId()], played.Now));
    }

    public static Played RemotelySigned(CompetitionTerms? terms = null, ulong seed = 1)
    {
        var played = RemoteSigning(terms, seed).SignBatch(0).SignBatch(1);
        return played.Learn(new ContractSigned(Competitions.RemoteSigning.Round, Given.Hash("signed"), played.Now));
    }

    public static Played FundedRemotely()
    {
        var played = RemotelySigned().All((play, player) => play.Learn(new SignaturesFetched(play.EntryOf(player).Id, play.Now)));
        return played.Learn(new FundingCleared(Given.Tip, played.Now));
    }

    public static Played ReadyToFund(CompetitionTerms? terms = null, ulong seed = 1)
        => SigningComplete(terms, seed).All((play, player) => play.Learn(new SignaturesFetched(play.EntryOf(player).Id, play.Now)));

    public static Played FundingBroadcasted(CompetitionTerms? terms = null, ulong seed = 1)
    {
        var played = ReadyToFund(terms, seed);
        return played.Learn(new FundingCleared(Given.Tip, played.Now));
    }

    public static Played FundingConfirmed(CompetitionTerms? terms = null, ulong seed = 1)
    {
        var played = FundingBroadcasted(terms, seed);
        return played.See(played.Chain with
        {
            Tip = Given.FundingHeight + played.Terms.SettlementDepth - 1,
            FundingSeen = true,
            FundingHeight = Given.FundingHeight,
        });
    }

    public static Played AwaitingAttestation(CompetitionTerms? terms = null, ulong seed = 1)
        => FundingConfirmed(terms, seed).All((play, player) => play.Learn(play.Seen(player, InvoiceStatus.Settled)));

    /// <summary>Attested: the entry of oracle index 0 wins, in a competition with one place.</summary>
    public static Played Attested(CompetitionTerms? terms = null, ulong seed = 1)
    {
        var played = AwaitingAttestation(terms, seed);
        return played.Learn(new AttestationSeen(0, "aa", played.Now));
    }

    public static ChainView WithOutcome(this ChainView chain, int? height = Given.OutcomeHeight, int outcome = 0) => chain with
    {
        Tip = Math.Max(chain.Tip, height ?? chain.Tip),
        Outcome = outcome < 0
            ? new OutcomeSpend(OutcomeSpendKind.Expiry, -1, Given.Txid("expiry"), height)
            : new OutcomeSpend(OutcomeSpendKind.Attested, outcome, Given.Txid($"outcome {outcome}"), height),
    };

    public static ChainView WithSplit(this ChainView chain, int? height, SplitSpendKind kind = SplitSpendKind.Split) => chain with
    {
        Tip = Math.Max(chain.Tip, height ?? chain.Tip),
        Split = new SplitSpend(kind, Given.Txid("split"), height),
    };

    public static ChainView WithShare(this ChainView chain, int winner, ShareSpendKind kind, int? height) => chain with
    {
        Tip = Math.Max(chain.Tip, height ?? chain.Tip),
        Shares = chain.Shares.Add(new ShareSpend(winner, kind, Given.Txid($"share {winner}"), height)),
    };

    public static Played ExpiryBroadcasted()
    {
        var played = AwaitingAttestation();
        return played.See(played.Chain.WithOutcome(height: null, outcome: -1));
    }

    public static Played OutcomeBroadcasted(CompetitionTerms? terms = null, ulong seed = 1)
    {
        var played = Attested(terms, seed);
        return played.See(played.Chain.WithOutcome());
    }

    public static int SplitHeight(CompetitionTerms terms) => Given.OutcomeHeight + terms.Delta;

    public static Played DeltaBroadcasted(CompetitionTerms? terms = null, ulong seed = 1)
    {
        var played = OutcomeBroadcasted(terms, seed);
        return played.See(played.Chain.WithSplit(SplitHeight(played.Terms)));
    }

    public static Played Completed()
    {
        var played = DeltaBroadcasted();
        return played.See(played.Chain.WithShare(played.Winner(), ShareSpendKind.Win, SplitHeight(played.Terms) + played.Terms.Delta));
    }

    public static Played Abandoned()
    {
        var played = FundingBroadcasted();
        return played.Mine(Given.Tip + 400 - 24);
    }

    public static Played Cancelled()
    {
        var played = EscrowConfirmed();
        return played.Ask(new Cancel("the operator said so", played.Now));
    }

    /// <summary>The contract's index of the only winner of outcome 0.</summary>
    public static int Winner(this Played played) => played.Live.Contract.Winners(played.Terms, 0).Single();

    /// <summary>Which player that is.</summary>
    public static int WinningPlayer(this Played played)
        => played.Players.Single(player => played.IndexOf(player) == played.Winner());

    public static RequestPayout Payout(this Played played, int player, Hash32? hash = null, int? lightningHeight = null) => new(
        Given.Player(player), played.EntryOf(player).Id, played.TicketOf(player).Id, "lnbcrt1payout", hash ?? Given.PayoutHash(player), 290_000_000,
        played.Now.AddDays(1), 18, lightningHeight ?? played.Chain.Tip, 290_000, false, null, null, played.Now);

    /// <summary>The reference's way: an ordinary invoice, with everything handed over first.</summary>
    public static RequestPayout Trusting(this RequestPayout payout, string hash = "ordinary") => payout with
    {
        PaymentHash = Given.Hash(hash),
        TrustsCoordinator = true,
        SealedKey = "sealed key",
        SealedPreimage = "sealed preimage",
    };

    public static PaymentSeen Payment(this Played played, int player, PaymentState state, Hash32? hash = null, string? preimage = "sealed preimage")
        => new(played.EntryOf(player).Id, hash ?? Given.PayoutHash(player), state, state == PaymentState.Succeeded ? preimage : null, 7, "no route", played.Now);

    /// <summary>One way into every state, in the order of a competition's life.</summary>
    public static IReadOnlyList<(string Name, Func<Played> Play)> States { get; } =
    [
        ("created", () => Played.New()),
        ("collecting_entries", CollectingEntries),
        ("awaiting_escrow", () => EscrowPlay.Sent()),
        ("escrow_confirmed", () => EscrowConfirmed()),
        ("event_created", () => EventCreated()),
        ("entries_submitted", () => EntriesSubmitted()),
        ("contract_created", () => ContractCreated()),
        ("awaiting_signatures", () => AwaitingSignatures()),
        ("keygen_pending", () => KeygenPending()),
        ("remote_signing", () => RemoteSigning()),
        ("signing_complete", () => ReadyToFund()),
        ("funding_broadcasted", () => FundingBroadcasted()),
        ("funding_confirmed", () => FundingConfirmed()),
        ("awaiting_attestation", () => AwaitingAttestation()),
        ("attested", () => Attested()),
        ("expiry_broadcasted", ExpiryBroadcasted),
        ("outcome_broadcasted", () => OutcomeBroadcasted()),
        ("delta_broadcasted", () => DeltaBroadcasted()),
        ("completed", Completed),
        ("failed", Abandoned),
        ("cancelled", Cancelled),
    ];
}
