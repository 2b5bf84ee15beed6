/** Stands above a state that may be old: why, since when, and a way to look at once. */
export function OldNote({ text, check }: { text: string; check: () => void }) {
  return (
    <div class="old">
      <p>{text}</p>
      <button type="button" class="link" onClick={check}>
        Check now
      </button>
    </div>
  )
}
