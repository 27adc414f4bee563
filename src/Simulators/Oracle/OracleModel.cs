using System.Collections.Immutable;
using Coordinator.Bitcoin;
using Coordinator.Oracle;
using Coordinator.Oracle.Wire;

namespace Coordinator.Simulators.Oracle;

/// <summary>The oracle without wire and clock: events, entries, weather, scores, attestations. Every change goes through one lock; the
/// time is
/// an argument. An event is attested once, and only to an announced outcome.</summary>
public sealed class OracleModel
{
    private readonly Lock _gate = new();
    private readonly OracleSigner _signer;
    private readonly ulong _weatherSeed;
    private readonly bool _strict;
    private OracleDocument _document;

    /// <param name="document">What was kept, or a new one with a key.</param>
    /// <param name="weatherSeed">Makes the weather of stations that nobody scripted.</param>
    /// <param name="strict">The rules of later versions besides those of v1; missing data then holds up signing.</param>
    public OracleModel(OracleDocument document, ulong weatherSeed, bool strict)
    {
        ArgumentNullException.ThrowIfNull(document);
        _document = document;
        _signer = new(SecretKey.From(Hex.Decode(document.Key)));
        _weatherSeed = weatherSeed;
        _strict = strict;
    }

    /// <summary>Raised after every change.</summary>
    public event Action? Changed;

    /// <summary>P.</summary>
    public PublicKey PublicKey => _signer.PublicKey;

    public OracleBehaviour Behaviour
    {
        get => Read(document => document.Behaviour);
        set => Change(document => document with { Behaviour = value });
    }

    /// <summary>How far the oracle's clock is ahead of the world's.</summary>
    public TimeSpan ClockOffset
    {
        get => TimeSpan.FromSeconds(Read(document => document.ClockOffsetSeconds));
        set => Change(document => document with { ClockOffsetSeconds = value.TotalSeconds });
    }

    /// <summary>Everything there is.</summary>
    public OracleDocument Export() => Read(document => document);

    /// <summary>Takes an event.</summary>
    /// <param name="salt">16 random bytes or more.</param>
    /// <exception cref="OracleRefusedException">400, or 500 for an id that exists.</exception>
    public EventBody Create(OracleEventTerms terms, XOnlyPublicKey creator, ReadOnlySpan<byte> salt, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(terms);
        ArgumentNullException.ThrowIfNull(creator);
        EventRules.CheckTerms(terms, _strict);
        var record = new EventRecord { Terms = InSeconds(terms), Creator = creator.ToHex(), Salt = Hex.Encode(salt) };
        Change(document => Find(document, terms.Id) is null
            ? document with { Events = document.Events.Add(record) }
            : throw new OracleRefusedException(500, "internal server error"));
        return Show(record, now);
    }

    /// <summary>Takes all entries of an event; works once.</summary>
    /// <exception cref="OracleRefusedException">400 or 404.</exception>
    public ImmutableArray<EntryBody> AddEntries(AddEntriesBody body, XOnlyPublicKey signer, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(body);
        ArgumentNullException.ThrowIfNull(signer);
        if (body.EventId.Version != 7)
        {
            throw EventRules.BadEntry("event id must be a uuid v7");
        }

        var changed = Change(document =>
        {
            var record = Require(document, body.EventId);
            return Replace(document, record with { Entries = EventRules.CheckEntries(record, body, signer, _strict, now) });
        });
        return [.. Require(changed, body.EventId).Entries.Select(entry => EventView.Entry(body.EventId, entry))];
    }

    /// <exception cref="OracleRefusedException">404.</exception>
    public EventBody GetEvent(Guid eventId, DateTimeOffset now) => Show(Require(Export(), eventId), now);

    /// <exception cref="OracleRefusedException">404.</exception>
    public EntryBody GetEntry(Guid eventId, Guid entryId)
        => Require(Export(), eventId).Entries.FirstOrDefault(entry => entry.Id == entryId) is { } found
            ? EventView.Entry(eventId, found)
            : throw new OracleRefusedException(404, $"entry with id {entryId} not found for event {eventId}");

    /// <summary>All events, newest last.</summary>
    public ImmutableArray<EventSummaryBody> List(DateTimeOffset now)
        => [.. Export().Events.Select(record => EventView.Summary(record, WeatherOf, Attestation(record), now))];

    /// <summary>One pass: rescores what is running or completed, and attests what is past its signing date.</summary>
    public void Update(DateTimeOffset now)
        => Change(document =>
        {
            foreach (var record in document.Events.Where(record => record.Outcome is null && now >= record.Terms.StartObservationDate))
            {
                var scored = Score(record, document.Behaviour.AllZero);
                var next = IsDue(scored, document.Behaviour, now) ? WithWinners(scored) : scored;
                document = next.Outcome is null && next.Entries.SequenceEqual(record.Entries) ? document : Replace(document, next);
            }

            return document;
        });

    /// <summary>Attests an outcome of one's own choice, whatever the time and the weather.</summary>
    /// <exception cref="OracleRefusedException">404; 400 for an outcome that was not announced; 409 once another is attested.</exception>
    public void Attest(Guid eventId, int outcome)
        => Change(document =>
        {
            var record = Require(document, eventId);
            if (outcome < 0 || outcome >= OutcomesOf(record).Count)
            {
                throw new OracleRefusedException(400, "the outcome is not announced");
            }

            return record.Outcome is null || record.Outcome == outcome
                ? Replace(document, record with { Outcome = outcome })
                : throw new OracleRefusedException(409, "another outcome is attested already");
        });

    /// <summary>Sets a station's weather; null takes back what was set.</summary>
    public void SetWeather(string station, StationWeather? weather)
        => Change(document => document with
        {
            Weather = weather is null ? document.Weather.Remove(station) : document.Weather.SetItem(station, weather),
        });

    /// <summary>The scripted weather of a station, or that of the seed.</summary>
    public StationWeather WeatherOf(string station)
        => Read(document => document.Weather).TryGetValue(station, out var scripted) ? scripted : SeededWeather.Of(_weatherSeed, station);

    private static OutcomeMessages OutcomesOf(EventRecord record)
        => OutcomeMessages.Of(record.Terms.TotalAllowedEntries, record.Terms.NumberOfPlacesWin);

    private static OracleEventTerms InSeconds(OracleEventTerms terms) => terms with
    {
        SigningDate = InSeconds(terms.SigningDate),
        StartObservationDate = InSeconds(terms.StartObservationDate),
        EndObservationDate = InSeconds(terms.EndObservationDate),
    };

    private static DateTimeOffset InSeconds(DateTimeOffset time) => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds());

    private static EventRecord? Find(OracleDocument document, Guid eventId)
        => document.Events.FirstOrDefault(record => record.Terms.Id == eventId);

    private static EventRecord Require(OracleDocument document, Guid eventId)
        => Find(document, eventId) ?? throw new OracleRefusedException(404, $"event with id {eventId} not found");

    private static OracleDocument Replace(OracleDocument document, EventRecord record)
        => document with { Events = [.. document.Events.Select(old => old.Terms.Id == record.Terms.Id ? record : old)] };

    private EventBody Show(EventRecord record, DateTimeOffset now)
        => EventView.Full(record, _signer, Behaviour, WeatherOf, Attestation(record), now);

    private string? Attestation(EventRecord record)
    {
        if (record.Outcome is not { } outcome)
        {
            return null;
        }

        var scalar = _signer.Attest(record, outcome);
        if (Behaviour.WrongAttestation)
        {
            scalar[31] ^= 1;
        }

        return Hex.Encode(scalar);
    }

    private EventRecord Score(EventRecord record, bool allZero) => record with
    {
        Entries = [.. record.Entries.Select(entry =>
        {
            var points = allZero ? 0 : Scoring.BaseScore(record.Terms, entry.Picks, WeatherOf);
            return entry with { BaseScore = points, Score = Scoring.Score(points, entry.Id) };
        })],
    };

    private bool IsDue(EventRecord record, OracleBehaviour behaviour, DateTimeOffset now)
        => !behaviour.NeverAttest
        && !record.Entries.IsEmpty
        && now >= record.Terms.EndObservationDate
        && record.Terms.SigningDate < now
        && (!_strict || record.Terms.Locations.All(station => WeatherOf(station) is { Forecast: not null, Observation: not null }));

    private static EventRecord WithWinners(EventRecord record)
        => record with { Outcome = OutcomesOf(record).Find(Scoring.Winners(record.Terms, record.Entries).AsSpan()) };

    private T Read<T>(Func<OracleDocument, T> read)
    {
        lock (_gate)
        {
            return read(_document);
        }
    }

    private OracleDocument Change(Func<OracleDocument, OracleDocument> change)
    {
        OracleDocument before, after;
        lock (_gate)
        {
            before = _document;
            after = _document = change(before);
        }

        if (!ReferenceEquals(before, after))
        {
            Changed?.Invoke();
        }

        return after;
    }
}
