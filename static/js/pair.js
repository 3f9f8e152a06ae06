// Two videos of the same length kept in step. The result leads; the original follows it, without sound.

const NEAR = 0.02; // seconds: half a frame at 25 a second
const FAR = 0.3; // seconds: further apart, the follower jumps
const GENTLE = 0.08; // how much faster or slower it runs to catch up

/** A leading and a following video. */
export class Pair {
  constructor(before, after) {
    this.before = before;
    this.after = after;
    before.muted = true;
    after.addEventListener("play", () => this.#run());
    after.addEventListener("pause", () => this.#halt());
    after.addEventListener("waiting", () => before.pause());
    after.addEventListener("playing", () => this.#run());
    after.addEventListener("seeking", () => this.#jump());
  }

  get duration() {
    return Number.isFinite(this.after.duration) ? this.after.duration : 0;
  }

  /** Play or pause both. */
  toggle() {
    if (this.after.paused) this.after.play();
    else this.after.pause();
  }

  /** Go to `seconds`. */
  seek(seconds) {
    this.after.currentTime = seconds;
  }

  #run() {
    this.before.play().catch(() => undefined); // an original the browser cannot play must not stop the result
    cancelAnimationFrame(this.frame);
    const step = () => {
      this.#correct();
      if (!this.after.paused && !this.after.ended) this.frame = requestAnimationFrame(step);
    };
    step();
  }

  #halt() {
    this.before.pause();
    cancelAnimationFrame(this.frame);
    this.#jump();
  }

  #jump() {
    this.before.playbackRate = 1;
    this.before.currentTime = this.after.currentTime;
  }

  #correct() {
    if (this.before.seeking || this.before.readyState < HTMLMediaElement.HAVE_FUTURE_DATA) return;
    const ahead = this.before.currentTime - this.after.currentTime;
    if (Math.abs(ahead) > FAR) this.#jump();
    else if (Math.abs(ahead) > NEAR) this.before.playbackRate = 1 - Math.sign(ahead) * GENTLE;
    else this.before.playbackRate = 1;
  }
}
