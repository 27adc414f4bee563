using Coordinator.Bitcoin;
using Coordinator.Oracle.Wire;
using Coordinator.Simulators.Oracle;

namespace Coordinator.Oracle.Tests;

public sealed class OracleModelTests
{
    private static readonly XOnlyPublicKey Creator = SecretKey.From(Hashes.Sha256("coordinator"u8)).XOnly;
    private static readonly DateTimeOffset Before = Oracles.Start.AddHours(-1);
    private static readonly DateTimeOffset AfterSigning = Oracles.Start.AddHours(34);

    private static OracleModel NewModel(bool strict = true)
        => new(new OracleDocument { Key = Hex.Encode(Hashes.Sha256("oracle-sim-key"u8)) }, 7, strict);

    private static AddEntriesBody Body(OracleEventTerms terms, params OracleEntry[] entries)
        => new(terms.Id, [.. entries.Select(entry => new AddEntryBody(entry.Id, terms.Id, entry.Picks))]);

    private static (OracleModel Model, OracleEventTerms Terms) Filled(bool strict = true)
    {
        var (model, terms) = (NewModel(strict), Oracles.Terms());
        model.Create(terms, Creator, new byte[16], Before);
        model.AddEntries(Body(terms, [.. Oracles.Entries(3)]), Creator, Before);
        return (model, terms);
    }

    private static int Status(Action action) => Assert.Throws<OracleRefusedException>(action).Status;

    [Fact]
    public void Attestations_of_the_known_key_and_nonce_are_the_known_ones()
    {
        using var key = SecretKey.From(Hashes.Sha256("oracle-sim-key"u8));
        using var nonce = SecretKey.From(Hashes.Sha256("oracle-sim-nonce"u8));
        string[] known =
        [
            "f7b50c813fc6b5642b02aaefdecb7472a141bfd372c23af589754229f55ab0ea",
            "5ad9189070c93ba427fff13a93192345a53392fe6d0eee9392a0121473e7fd49",
            "271ee5734d1c1518291fc381f01dc7e8889b614a4fcfba443af3bd1d6ae78640",
            "0c3b0b82a8ce8ec2345d80c24268922325fa2077f2ab166454dce627b3853d6a",
        ];
        var outcomes = OutcomeMessages.Of(3, 1);
        for (var i = 0; i < known.Length; i++)
        {
            Assert.Equal(known[i], Hex.Encode(AttestationScalar.Of(key, nonce, outcomes.Message(i))));
        }

        using var oddKey = SecretKey.From(Hashes.Sha256("oracle-sim-key-4"u8));
        using var oddNonce = SecretKey.From(Hashes.Sha256("oracle-sim-nonce-4"u8));
        Assert.Equal(
            "01987bd5b9e42110d757f2d8a6d70aabb40570b35aece52560335ed39ddd8425",
            Hex.Encode(AttestationScalar.Of(oddKey, oddNonce, OutcomeMessages.Of(3, 2).Message(4))));
    }

    [Fact]
    public void Bad_events_are_refused_and_leave_nothing()
    {
        var (model, terms) = (NewModel(), Oracles.Terms());
        OracleEventTerms[] bad =
        [
            terms with { Id = Guid.Parse("019b7a00-0000-4000-8000-000000000001") }, terms with { TotalAllowedEntries = 26 },
            terms with { TotalAllowedEntries = -1 }, terms with { NumberOfPlacesWin = 6 }, terms with { NumberOfPlacesWin = 0 },
            terms with { NumberOfPlacesWin = 3 }, terms with { TotalAllowedEntries = 1 },
            terms with { TotalAllowedEntries = 25, NumberOfPlacesWin = 4 },
            terms with { SigningDate = terms.StartObservationDate }, terms with { EndObservationDate = terms.StartObservationDate },
            terms with { ScoringFields = [] }, terms with { Locations = [] }, terms with { Locations = ["KDEN", "KDEN"] },
            terms with { NumberOfValuesPerEntry = 0 },
        ];
        Assert.All(bad, refused => Assert.Equal(400, Status(() => model.Create(refused, Creator, new byte[16], Before))));
        Assert.Empty(model.Export().Events);
    }

    [Fact]
    public void The_first_version_takes_what_later_ones_refuse()
    {
        var terms = Oracles.Terms() with { Locations = ["KDEN", "KDEN"], NumberOfValuesPerEntry = 0 };
        Assert.Equal(terms.Id, NewModel(strict: false).Create(terms, Creator, new byte[16], Before).Id);
    }

    [Fact]
    public void An_event_id_is_taken_once()
    {
        var (model, terms) = Filled();
        Assert.Equal(500, Status(() => model.Create(terms, Creator, new byte[16], Before)));
    }

    [Fact]
    public void Bad_entries_are_refused_and_leave_nothing()
    {
        var (model, terms) = (NewModel(), Oracles.Terms() with { NumberOfValuesPerEntry = 1 });
        model.Create(terms, Creator, new byte[16], Before);
        OracleEntry[] good = [.. Oracles.Entries(3)];
        OracleEntry[] With(OracleEntry last) => [good[0], good[1], last];
        AddEntriesBody[] bad =
        [
            Body(terms), Body(terms, good[..2]), Body(terms, [.. good, good[0]]), Body(terms, With(good[0])),
            Body(terms, With(new OracleEntry(Guid.Parse("019b7a00-0000-4000-8000-000000000001"), []))),
            Body(terms, With(new OracleEntry(good[2].Id, [new StationPicks("KXXX", TempHigh: Prediction.Par)]))),
            Body(terms, With(new OracleEntry(good[2].Id, [new StationPicks("KDEN", Prediction.Par, Prediction.Par)]))),
            Body(terms, With(new OracleEntry(good[2].Id, [new StationPicks("KDEN"), new StationPicks("KDEN")]))),
            new(terms.Id, [.. good.Select(entry => new AddEntryBody(entry.Id, entry.Id, entry.Picks))]),
            new(terms.Id, null),
        ];
        Assert.All(bad, body => Assert.Equal(400, Status(() => model.AddEntries(body, Creator, Before))));
        Assert.Equal(400, Status(() => model.AddEntries(Body(terms, good), model.PublicKey.XOnly, Before)));
        Assert.Equal(400, Status(() => model.AddEntries(Body(terms, good), Creator, terms.EndObservationDate)));
        Assert.Equal(404, Status(() => model.AddEntries(Body(Oracles.Terms(number: 9), good), Creator, Before)));
        Assert.Empty(Assert.Single(model.Export().Events).Entries);
        Assert.Equal(3, model.AddEntries(Body(terms, good), Creator, Before).Length);
        Assert.Equal(400, Status(() => model.AddEntries(Body(terms, good), Creator, Before)));
    }

    [Fact]
    public void Status_follows_the_clock_and_weather_is_shown_in_its_time()
    {
        var (model, terms) = Filled();
        Assert.Equal(OracleEventStatus.Live, model.GetEvent(terms.Id, Before).Status);
        Assert.All(model.GetEvent(terms.Id, Before).Weather!.Value, weather => Assert.Null(weather.Observed));
        Assert.Equal(OracleEventStatus.Running, model.GetEvent(terms.Id, terms.StartObservationDate).Status);
        Assert.All(model.GetEvent(terms.Id, terms.StartObservationDate).Weather!.Value, weather => Assert.NotNull(weather.Observed));
        Assert.Equal(OracleEventStatus.Completed, model.GetEvent(terms.Id, terms.EndObservationDate).Status);
    }

    [Fact]
    public void A_pass_scores_what_runs_and_attests_only_after_the_signing_date()
    {
        var (model, terms) = Filled();
        model.Update(Before);
        Assert.All(model.GetEvent(terms.Id, Before).Entries!.Value, entry => Assert.Null(entry.Score));
        model.Update(terms.StartObservationDate);
        Assert.All(model.GetEvent(terms.Id, Before).Entries!.Value, entry => Assert.NotNull(entry.Score));
        model.Update(terms.SigningDate);
        Assert.Null(model.GetEvent(terms.Id, Before).Attestation);
        model.Update(terms.SigningDate.AddSeconds(1));
        Assert.NotNull(model.GetEvent(terms.Id, Before).Attestation);
    }

    [Fact]
    public void Missing_data_holds_up_signing_in_later_versions_and_counts_nothing_in_the_first()
    {
        foreach (var strict in new[] { true, false })
        {
            var (model, terms) = Filled(strict);
            model.SetWeather("KJFK", new StationWeather(new StationForecast(50, 30), null));
            model.Update(AfterSigning);
            Assert.Equal(strict, model.GetEvent(terms.Id, AfterSigning).Attestation is null);
        }
    }

    [Fact]
    public void An_event_is_attested_once_and_only_to_an_announced_outcome()
    {
        var (model, terms) = Filled();
        Assert.Equal(400, Status(() => model.Attest(terms.Id, 4)));
        Assert.Equal(400, Status(() => model.Attest(terms.Id, -1)));
        Assert.Equal(404, Status(() => model.Attest(Oracles.Terms(number: 9).Id, 0)));
        model.Attest(terms.Id, 2);
        var first = model.GetEvent(terms.Id, AfterSigning).Attestation;
        model.Attest(terms.Id, 2);
        Assert.Equal(409, Status(() => model.Attest(terms.Id, 1)));
        model.Update(AfterSigning);
        Assert.Equal(first, model.GetEvent(terms.Id, AfterSigning).Attestation);
    }

    [Fact]
    public void An_event_without_entries_is_never_attested()
    {
        var (model, terms) = (NewModel(), Oracles.Terms());
        model.Create(terms, Creator, new byte[16], Before);
        model.Update(AfterSigning);
        Assert.Null(model.GetEvent(terms.Id, AfterSigning).Attestation);
    }

    [Fact]
    public void The_secret_nonce_is_in_no_answer_and_not_in_the_document()
    {
        var (model, terms) = Filled();
        model.Behaviour = new OracleBehaviour { RevealNonce = true };
        var nonce = model.GetEvent(terms.Id, Before).Nonce;
        model.Behaviour = new OracleBehaviour();
        Assert.NotNull(nonce);
        Assert.Null(model.GetEvent(terms.Id, Before).Nonce);
        var document = System.Text.Encoding.UTF8.GetString(model.Export().ToJson());
        Assert.DoesNotContain(nonce, document, StringComparison.OrdinalIgnoreCase);
    }
}
